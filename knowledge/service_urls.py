from django.urls import path

from knowledge.views import desk_service, service, subscribing

urlpatterns = [
    path("service-messages/", service.service_messages, name="service_messages"),
    path("service-messages/feed.atom", service.service_feed, name="service_feed"),
    path("service-messages/subscription/", subscribing.service_subscription, name="service_subscription"),
    path(
        "service-messages/subscription/<str:token>/",
        subscribing.service_subscription_confirm,
        name="service_subscription_confirm",
    ),
    path("service-messages/<int:pk>/", service.service_message, name="service_message"),
    path("service-messages/<int:pk>/dismissal/", service.service_message_dismissal, name="service_message_dismissal"),
    path("desk/service-messages/", desk_service.desk_service_messages, name="desk_service_messages"),
    path("desk/service-messages/new/", desk_service.desk_service_message_new, name="desk_service_message_new"),
    path("desk/service-messages/<int:pk>/", desk_service.desk_service_message, name="desk_service_message"),
    path(
        "desk/service-messages/<int:pk>/edit/",
        desk_service.desk_service_message_edit,
        name="desk_service_message_edit",
    ),
    path(
        "desk/service-messages/<int:pk>/publication/",
        desk_service.desk_service_message_publication,
        name="desk_service_message_publication",
    ),
    path(
        "desk/service-messages/<int:pk>/updates/",
        desk_service.desk_service_message_updates,
        name="desk_service_message_updates",
    ),
    path(
        "desk/service-messages/<int:pk>/end/",
        desk_service.desk_service_message_end,
        name="desk_service_message_end",
    ),
    path(
        "desk/service-messages/<int:pk>/removal/",
        desk_service.desk_service_message_removal,
        name="desk_service_message_removal",
    ),
]
