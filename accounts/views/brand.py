"""The portal's colour and logo, and the page where its administrator sets them."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from accounts.actions.updating import update_portal
from accounts.branding import brand_style
from accounts.forms.portal import PortalForm
from accounts.models import Tenant
from accounts.pictures import picture_type
from accounts.requests import PortalRequest
from accounts.rules import administrators_only


@cache_control(max_age=31536000, public=True, immutable=True)
def brand_css(request: PortalRequest, fingerprint: str) -> HttpResponse:
    return HttpResponse(brand_style(request.tenant.colour), content_type="text/css; charset=utf-8")


@cache_control(max_age=3600, public=True)
def logo(request: PortalRequest) -> HttpResponse | FileResponse:
    if not request.tenant.logo:
        raise Http404
    with request.tenant.logo.open("rb") as picture:
        content = picture.read()
    return HttpResponse(content, content_type=picture_type(content[:16]) or "application/octet-stream")


@administrators_only
def portal_settings(request: PortalRequest) -> HttpResponse:
    # A copy of its own: binding the form must not change the tenant that the rest of the page shows.
    tenant = Tenant.objects.get(pk=request.tenant.pk)
    form = PortalForm(request.POST or None, request.FILES or None, instance=tenant)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new_logo = values["logo_file"] or (False if values["remove_logo"] else None)
        update_portal(actor=request.user, values=values, logo=new_logo)
        messages.success(request, _("The portal is saved. Customers see it from now on."))
        return redirect("portal_settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)
