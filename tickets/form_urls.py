"""The settings of forms and their questions."""

from django.urls import path

from tickets.views import form_fields as fields
from tickets.views import form_settings

urlpatterns = [
    path("settings/forms/", form_settings.forms_settings, name="forms_settings"),
    path("settings/forms/new/", form_settings.form_new, name="form_new"),
    path("settings/forms/<int:pk>/", form_settings.form_settings, name="form_settings"),
    path("settings/forms/<int:pk>/name/", form_settings.form_name, name="form_name"),
    path("settings/forms/<int:pk>/copy/", form_settings.form_copy, name="form_copy"),
    path("settings/forms/<int:pk>/removal/", form_settings.form_removal, name="form_removal"),
    path("settings/forms/<int:pk>/fields/new/", fields.form_field_new, name="form_field_new"),
    path("settings/forms/<int:pk>/fields/<int:row>/", fields.form_field, name="form_field"),
    path("settings/forms/<int:pk>/fields/<int:row>/place/", fields.form_field_place, name="form_field_place"),
    path("settings/forms/<int:pk>/fields/<int:row>/removal/", fields.form_field_removal, name="form_field_removal"),
    path("settings/forms/<int:pk>/fields/<int:row>/return/", fields.form_field_return, name="form_field_return"),
]
