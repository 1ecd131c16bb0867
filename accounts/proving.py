"""Asking once more who somebody is, before what only the owner of an account may do."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.attempts import wait_before_sign_in
from accounts.forms.proof import ProvenForm
from accounts.requests import PortalRequest
from accounts.signing_in import is_proof_fresh, note_proof


def can_prove(request: PortalRequest) -> bool:
    """Whether the page can ask by itself: the proof is fresh, or there is a password to ask for. Whoever has none gets
    a code by mail first (templates/components/prove_first.html)."""
    return is_proof_fresh(request) or request.user.has_usable_password()


def prove(request: PortalRequest, form: ProvenForm) -> bool:
    """Whether the person in front of a valid form has proven who they are: lately, or with the password in it.

    Side effects: a wrong password becomes the form's error, a right one counts for the next minutes. Each try counts as
    one at signing in.
    """
    if "password" not in form.fields:
        return True
    wait = wait_before_sign_in(request, request.user.email)
    if wait:
        words = ngettext("Too many attempts. Wait %d minute.", "Too many attempts. Wait %d minutes.", wait)
        form.add_error("password", words % wait)
    elif request.user.check_password(form.cleaned_data["password"]):
        note_proof(request)
        return True
    else:
        form.add_error("password", _("This is not your password. Try again."))
    return False
