from django.urls import path

from notifications.views import addresses, mail_domains, mail_settings, mailboxes, outgoing, wordings

urlpatterns = [
    path("settings/mail/", mail_settings.mail_settings, name="mail_settings"),
    path("settings/mail/addresses/new/", addresses.address_new, name="address_new"),
    path("settings/mail/addresses/<int:pk>/", addresses.address, name="address"),
    path("settings/mail/addresses/<int:pk>/retirement/", addresses.address_retirement, name="address_retirement"),
    path("settings/mail/addresses/<int:pk>/return/", addresses.address_return, name="address_return"),
    path("settings/mail/addresses/<int:pk>/removal/", addresses.address_removal, name="address_removal"),
    path("settings/mail/mailboxes/new/", mailboxes.mailbox_new, name="mailbox_new"),
    path("settings/mail/mailboxes/<int:pk>/", mailboxes.mailbox, name="mailbox"),
    path("settings/mail/mailboxes/<int:pk>/test/", mailboxes.mailbox_test, name="mailbox_test"),
    path("settings/mail/mailboxes/<int:pk>/state/", mailboxes.mailbox_state, name="mailbox_state"),
    path("settings/mail/mailboxes/<int:pk>/removal/", mailboxes.mailbox_removal, name="mailbox_removal"),
    path("settings/mail/outgoing/", outgoing.outgoing, name="outgoing"),
    path("settings/mail/outgoing/test/", outgoing.outgoing_test, name="outgoing_test"),
    path("settings/mail/outgoing/test-mail/", outgoing.outgoing_test_mail, name="outgoing_test_mail"),
    path("settings/mail/rules/", outgoing.mail_rules, name="mail_rules"),
    path("settings/mail/rules/test/", outgoing.mail_rules_test, name="mail_rules_test"),
    path("settings/mail/domains/", mail_domains.mail_domains, name="mail_domains"),
    path("settings/mail/wordings/", wordings.wordings, name="wordings"),
    path("settings/mail/wordings/<str:kind>/<str:language>/", wordings.wording, name="wording"),
    path("settings/mail/wordings/<str:kind>/<str:language>/return/", wordings.wording_return, name="wording_return"),
]
