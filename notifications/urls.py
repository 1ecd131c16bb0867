from django.urls import path

from notifications.views import choices, mails

urlpatterns = [
    path("account/notifications/", choices.notification_choices, name="notification_choices"),
    path("desk/mails/", mails.desk_mails, name="desk_mails"),
    path("desk/mails/<int:pk>/", mails.desk_mail, name="desk_mail"),
    path("desk/mails/<int:pk>/again/", mails.mail_again, name="mail_again"),
]
