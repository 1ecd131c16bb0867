from django.urls import path

from tickets.views import customer, desk, desk_actions, filing, on_behalf

urlpatterns = [
    path("", filing.home, name="home"),
    path("tickets/", customer.my_tickets, name="my_tickets"),
    path("tickets/new/", filing.topics, name="topics"),
    path("tickets/new/<slug:slug>/", filing.file_ticket, name="file_ticket"),
    path("tickets/<int:number>/", customer.ticket, name="ticket"),
    path("tickets/<int:number>/thanks/", filing.thanks, name="thanks"),
    path("tickets/<int:number>/thanks/more/", filing.thanks_more, name="thanks_more"),
    path("tickets/<int:number>/reply/", customer.ticket_reply, name="ticket_reply"),
    path("tickets/<int:number>/closure/", customer.ticket_closure, name="ticket_closure"),
    path("tickets/<int:number>/attachments/<int:pk>/", customer.ticket_attachment, name="ticket_attachment"),
    path("t/<str:token>/", customer.link, name="link"),
    path("t/<str:token>/reply/", customer.link_reply, name="link_reply"),
    path("t/<str:token>/closure/", customer.link_closure, name="link_closure"),
    path("t/<str:token>/attachments/<int:pk>/", customer.link_attachment, name="link_attachment"),
    path("desk/", desk.queue, name="desk"),
    path("desk/tickets/new/", on_behalf.desk_new, name="desk_new"),
    path("desk/tickets/<int:number>/", desk.ticket, name="desk_ticket"),
    path("desk/tickets/<int:number>/preview/", desk.preview, name="desk_preview"),
    path("desk/tickets/<int:number>/attachments/<int:pk>/", desk.desk_attachment, name="desk_attachment"),
    path("desk/tickets/<int:number>/reply/", desk_actions.desk_reply, name="desk_reply"),
    path("desk/tickets/<int:number>/claim/", desk_actions.desk_claim, name="desk_claim"),
    path("desk/tickets/<int:number>/assignment/", desk_actions.desk_assignment, name="desk_assignment"),
    path("desk/tickets/<int:number>/department/", desk_actions.desk_department, name="desk_department"),
    path("desk/tickets/<int:number>/links/", desk_actions.desk_links, name="desk_links"),
    path("desk/tickets/<int:number>/status/", desk_actions.desk_status, name="desk_status"),
    path("desk/tickets/<int:number>/priority/", desk_actions.desk_priority, name="desk_priority"),
]
