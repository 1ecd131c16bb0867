"""The embedded default's own host: which portals live here."""

from django.urls import path

from helpdesk.views import portal_list

urlpatterns = [path("", portal_list, name="home")]

handler404 = "helpdesk.views.not_found"
handler500 = "helpdesk.views.trouble"
