from django.urls import path

from knowledge.views import service

urlpatterns = [
    path("service-messages/", service.service_messages, name="service_messages"),
    path("service-messages/feed.atom", service.service_feed, name="service_feed"),
    path("service-messages/<int:pk>/", service.service_message, name="service_message"),
    path("service-messages/<int:pk>/dismissal/", service.service_message_dismissal, name="service_message_dismissal"),
]
