from django.urls import path

from tickets.views import service_tickets, services

urlpatterns = [
    path("settings/services/", services.services_settings, name="services_settings"),
    path("settings/services/new/", services.service_new, name="service_new"),
    path("settings/services/<int:pk>/", services.service, name="service"),
    path("settings/services/<int:pk>/move/", services.service_move, name="service_move"),
    path("settings/services/<int:pk>/offer/", services.service_offer, name="service_offer"),
    path("desk/service-messages/<int:pk>/tickets/", service_tickets.desk_service_tickets, name="desk_service_tickets"),
    path("desk/service-messages/<int:pk>/links/", service_tickets.desk_service_links, name="desk_service_links"),
    path("desk/service-messages/<int:pk>/answer/", service_tickets.desk_service_answer, name="desk_service_answer"),
]
