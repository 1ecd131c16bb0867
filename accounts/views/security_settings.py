"""What the portal asks of those who sign in, set by its administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.actions.security_settings import set_security
from accounts.enums import PasswordPolicy
from accounts.forms.security import SecuritySettingsForm
from accounts.password_rules import judge_password
from accounts.queries.security import staff_without_factor
from accounts.requests import PortalRequest
from accounts.rules import administrators_only


@administrators_only
def security_settings(request: PortalRequest) -> HttpResponse:
    tenant = request.tenant
    initial = {
        "password_policy": tenant.password_policy,
        "staff_need_second_factor": tenant.staff_need_second_factor,
    }
    form = SecuritySettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_security(actor=request.user, **form.cleaned_data)
        messages.success(request, _("The security settings are saved. They hold from now on."))
        return redirect("security_settings")
    context = {
        "form": form,
        "without_factor": staff_without_factor(),
        "policies": [(policy.label, judge_password(policy, "")) for policy in PasswordPolicy],
    }
    return render(request, "accounts/security_settings.html", context, status=422 if form.errors else 200)
