"""Which mails one gets."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from knowledge.queries.subscribers import is_subscribed
from notifications.actions.choosing_mails import choose_mails
from notifications.actions.mornings import choose_morning
from notifications.choices import choices_of
from notifications.forms.choices import ChoicesForm
from notifications.queries import gets_morning, muted_by, paces_of


@login_required
def notification_choices(request: PortalRequest) -> HttpResponse:
    user = request.user
    posted = request.method == "POST"
    form = ChoicesForm(
        request.POST if posted else None,
        choices=choices_of(user),
        muted=muted_by(user),
        paces=paces_of(user),
        morning=gets_morning(user) if user.is_agent else None,
    )
    if posted and form.is_valid():
        choose_mails(actor=user, user=user, wanted=form.wanted, collected=form.collected)
        if form.in_the_morning is not None:
            choose_morning(actor=user, user=user, wanted=form.in_the_morning)
        messages.success(request, _("Your choices are saved. They count from now on."))
        return redirect("notification_choices")
    context = {"form": form, "is_subscribed": is_subscribed(user)}
    return render(request, "notifications/choices.html", context, status=422 if form.errors else 200)
