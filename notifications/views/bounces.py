"""Addresses whose mails come back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from notifications.actions.bouncing import forget_bounces


@post_only
@agents_only
def person_address_works(request: PortalRequest, pk: int) -> HttpResponse:
    person: User = get_object_or_404(User.objects.all(), pk=pk)
    forget_bounces(actor=request.user, key=person.email)
    words = _("Noted that %(address)s takes mail again. If a mail comes back, it is shown here.")
    messages.success(request, words % {"address": person.email})
    return redirect(safe_next(request, reverse("person", args=[pk])))
