"""Where the portal's mail comes in and how it goes out, on one page; for administrators."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from notifications.mailbox_words import trouble_in_words
from notifications.models import Mailbox
from notifications.queries import mail_settings as settings_now
from notifications.receivers import addresses_not_received
from notifications.views.addresses import addresses_in_full


@administrators_only
def mail_settings(request: PortalRequest) -> HttpResponse:
    addresses = list(addresses_in_full())
    context = {
        "addresses": [address for address in addresses if not address.is_retired],
        "retired": [address for address in addresses if address.is_retired],
        "not_received": addresses_not_received(),
        "settings": settings_now(),
        "mailboxes": [{"mailbox": mailbox, "failing": trouble_in_words(mailbox)} for mailbox in Mailbox.objects.all()],
    }
    return render(request, "notifications/settings/mail.html", context)
