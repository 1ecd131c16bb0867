"""The ledger of incoming mail."""

from django.urls import path

from notifications.views import incoming, incoming_actions

urlpatterns = [
    path("desk/incoming/", incoming.desk_incoming, name="desk_incoming"),
    path("desk/incoming/upload/", incoming_actions.incoming_upload, name="incoming_upload"),
    path("desk/incoming/senders/", incoming_actions.sender_rules, name="sender_rules"),
    path("desk/incoming/senders/<int:pk>/removal/", incoming_actions.sender_rule_removal, name="sender_rule_removal"),
    path("desk/incoming/<int:pk>/", incoming.incoming_one, name="incoming_one"),
    path("desk/incoming/<int:pk>/source/", incoming.incoming_source, name="incoming_source"),
    path("desk/incoming/<int:pk>/ticket/", incoming_actions.incoming_ticket, name="incoming_ticket"),
    path("desk/incoming/<int:pk>/reply/", incoming_actions.incoming_reply, name="incoming_reply"),
    path("desk/incoming/<int:pk>/discarding/", incoming_actions.incoming_discard, name="incoming_discard"),
    path("desk/incoming/<int:pk>/reading/", incoming_actions.incoming_again, name="incoming_again"),
    path("desk/incoming/<int:pk>/sender/", incoming_actions.incoming_sender, name="incoming_sender"),
]
