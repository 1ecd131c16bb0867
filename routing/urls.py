from django.urls import path

from routing.views import departments, organisations

urlpatterns = [
    path(
        "desk/organisations/<int:pk>/department/", organisations.organisation_department, name="organisation_department"
    ),
    path("settings/departments/", departments.departments, name="departments"),
    path("settings/departments/new/", departments.department_new, name="department_new"),
    path("settings/departments/<int:pk>/", departments.department, name="department"),
    path("settings/departments/<int:pk>/name/", departments.department_name, name="department_name"),
    path("settings/departments/<int:pk>/sharing/", departments.department_sharing, name="department_sharing"),
    path("settings/departments/<int:pk>/members/", departments.department_members, name="department_members"),
    path(
        "settings/departments/<int:pk>/members/<int:row>/removal/",
        departments.department_member_removal,
        name="department_member_removal",
    ),
]
