"""Every address of a portal."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("routing.urls")),
    path("", include("knowledge.urls")),
    path("", include("knowledge.desk_urls")),
    path("", include("tickets.urls")),
    path("", include("tickets.routing_urls")),
    path("", include("tickets.desk_urls")),
    path("", include("tickets.form_urls")),
    path("", include("notifications.urls")),
]

handler400 = "helpdesk.views.bad_request"
handler403 = "helpdesk.views.forbidden"
handler404 = "helpdesk.views.not_found"
handler500 = "helpdesk.views.trouble"
