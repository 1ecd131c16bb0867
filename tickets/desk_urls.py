"""How staff sort tickets, and the settings of priorities."""

from django.urls import path

from tickets.views import priorities

urlpatterns = [
    path("settings/priorities/", priorities.priority_settings_page, name="priority_settings"),
]
