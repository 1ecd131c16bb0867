"""People and organisations that come in as files, and lists that leave as files."""

from django.urls import path

from accounts.enums import ImportKind
from accounts.views import exports, imports

PEOPLE, ORGANISATIONS = {"kind": ImportKind.PEOPLE}, {"kind": ImportKind.ORGANISATIONS}

urlpatterns = [
    path("desk/people/import/", imports.upload, PEOPLE, name="people_import"),
    path("desk/people/import/example.csv", imports.example, PEOPLE, name="people_import_example"),
    path("desk/organisations/import/", imports.upload, ORGANISATIONS, name="organisations_import"),
    path("desk/organisations/import/example.csv", imports.example, ORGANISATIONS, name="organisations_import_example"),
    path("desk/imports/", imports.imports, name="imports"),
    path("desk/imports/<int:pk>/", imports.import_page, name="import_"),
    path("desk/imports/<int:pk>/problems.csv", imports.problems, name="import_problems"),
    path("desk/imports/<int:pk>/order/", imports.order, name="import_order"),
    path("desk/imports/<int:pk>/removal/", imports.removal, name="import_removal"),
    path("desk/people/export.csv", exports.people, name="people_export"),
    path("desk/organisations/export.csv", exports.organisations, name="organisations_export"),
    path("desk/applications/export.csv", exports.applications, name="applications_export"),
    path("desk/invitations/export.csv", exports.invitations, name="invitations_export"),
]
