from django.urls import path

from routing.views import absences, department_details, departments

urlpatterns = [
    path("desk/people/<int:pk>/absences/", absences.absences, name="absences"),
    path("settings/departments/", departments.departments, name="departments"),
    path("settings/departments/new/", departments.department_new, name="department_new"),
    path("settings/departments/<int:pk>/", departments.department, name="department"),
    path("settings/departments/<int:pk>/name/", departments.department_name, name="department_name"),
    path("settings/departments/<int:pk>/sharing/", departments.department_sharing, name="department_sharing"),
    path(
        "settings/departments/<int:pk>/visibility/",
        department_details.department_visibility,
        name="department_visibility",
    ),
    path("settings/departments/<int:pk>/mail/", department_details.department_mail, name="department_mail"),
    path("settings/departments/<int:pk>/default/", department_details.department_default, name="department_default"),
    path(
        "settings/departments/<int:pk>/reopening/",
        department_details.department_reopening,
        name="department_reopening",
    ),
    path("settings/departments/<int:pk>/members/", departments.department_members, name="department_members"),
    path(
        "settings/departments/<int:pk>/members/<int:row>/removal/",
        departments.department_member_removal,
        name="department_member_removal",
    ),
]
