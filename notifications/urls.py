from django.urls import include, path

from notifications.views import bounces, choices, hooks, mails, unsubscribing

urlpatterns = [
    path("", include("notifications.incoming_urls")),
    path("", include("notifications.settings_urls")),
    path("account/notifications/", choices.notification_choices, name="notification_choices"),
    path("hooks/mail/<slug:provider>/", hooks.Hook.as_view(), name="mail_hook"),
    path("hooks/mail/<slug:provider>/reports/", hooks.Hook.as_view(reports=True), name="mail_reports"),
    path("mails/stop/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("desk/people/<int:pk>/mail/", bounces.person_address_works, name="person_address_works"),
    path("desk/mails/", mails.desk_mails, name="desk_mails"),
    path("desk/mails/<int:pk>/", mails.desk_mail, name="desk_mail"),
    path("desk/mails/<int:pk>/again/", mails.mail_again, name="mail_again"),
]
