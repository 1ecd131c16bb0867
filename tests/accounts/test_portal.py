"""The portal's colour, logo, settings and language."""

import pytest
from coloraide import Color
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.actions.founding import add_staff, found_tenant
from accounts.actions.updating import update_account, update_portal
from accounts.branding import DARK_GROUND, LIGHT_GROUND, accents, brand_style
from accounts.models import Tenant, User
from accounts.scoping import tenant_scope
from tests.pages import Page, snapshot

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SETTINGS = {
    "name": "New name",
    "colour": "#aa3300",
    "language": "en",
    "guest_limit_per_address": "7",
    "guest_limit_per_network": "70",
    "attachment_limit_mb": "5",
    "undo_seconds": "30",
}


def contrast(one: str, other: str | Color) -> float:
    return Color(one).contrast(other if isinstance(other, Color) else Color(other))


@settings(max_examples=250, deadline=None)
@given(st.integers(min_value=0, max_value=0xFFFFFF), st.booleans())
@example(0x000000, False)
@example(0xFFFFFF, False)
@example(0x808080, True)
@example(0xFFFF00, False)
@example(0x0000FF, True)
@example(0x777777, False)
def test_every_colour_leaves_all_text_readable_in_light_and_dark(colour, dark):
    """LOOK: contrast kept automatically; WCAG 2.2 asks for 4.5."""
    made = accents(f"#{colour:06x}", dark=dark)
    ground = DARK_GROUND if dark else LIGHT_GROUND

    assert contrast(made["--accent-text"], made["--accent"]) >= 4.5
    assert contrast(made["--accent-text"], made["--accent-hover"]) >= 4.5
    assert contrast(made["--accent-ink"], ground) >= 4.5
    assert contrast(made["--accent-ink"], made["--accent-tint"]) >= 4.5


def test_the_style_sheet_sets_the_accents_for_light_and_dark(portal, other_portal, browse):
    response = browse(portal).get(f"/brand/{portal.tenant.brand_fingerprint}.css")

    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    style = response.content.decode()
    assert style == brand_style(portal.tenant.colour)
    assert style.count("--accent:") == 2
    assert "prefers-color-scheme: dark" in style


def save(client, **changes):
    return client.post("/settings/", {**SETTINGS, **changes})


def fresh(portal) -> Tenant:
    return Tenant.objects.get(pk=portal.tenant.pk)


def test_an_administrator_configures_their_own_portal_only(portal, other_portal, browse):
    before = Tenant.objects.filter(pk=other_portal.tenant.pk).values().get()

    assert save(browse(portal, portal.administrator)).status_code == 302

    after = fresh(portal)
    assert (after.name, after.colour, after.guest_limit_per_address) == ("New name", "#aa3300", 7)
    assert after.slug == portal.tenant.slug
    assert after.brand_fingerprint != portal.tenant.brand_fingerprint
    assert Tenant.objects.filter(pk=other_portal.tenant.pk).values().get() == before


@pytest.mark.parametrize("role", ["customer", "agent", "lead"])
def test_nobody_else_configures_the_portal(portal, browse, role):
    client = browse(portal, getattr(portal, role))
    before = snapshot(without=("accounts.Session",))

    assert save(client).status_code == 404
    with tenant_scope(portal.tenant), pytest.raises(PermissionError):
        update_portal(actor=getattr(portal, role), values=SETTINGS, logo=None)
    assert snapshot(without=("accounts.Session",)) == before


def test_fields_that_are_not_asked_for_are_not_set(portal, browse):
    save(browse(portal, portal.administrator), slug="taken", is_active="", mail_address="evil@evil.example")

    after = fresh(portal)
    assert (after.slug, after.is_active, after.mail_address) == (
        portal.tenant.slug,
        True,
        portal.tenant.mail_address,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red; } body { display: none"},
        {"colour": "#12345"},
        {"colour": ""},
        {"guest_limit_per_address": "0"},
        {"guest_limit_per_network": "-1"},
        {"attachment_limit_mb": "9999"},
        {"undo_seconds": "121"},
        {"undo_seconds": "-1"},
        {"language": "de"},
        {"name": ""},
    ],
)
def test_wrong_settings_are_refused_and_nothing_is_saved(portal, browse, wrong):
    client = browse(portal, portal.administrator)
    before = Tenant.objects.filter(pk=portal.tenant.pk).values().get()

    assert save(client, **wrong).status_code == 422
    assert Tenant.objects.filter(pk=portal.tenant.pk).values().get() == before


@pytest.mark.parametrize(
    ("name", "content", "welcome"),
    [
        ("logo.png", PNG, True),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
        ("logo.png", b"<svg onload='alert(1)'/>", False),
        ("logo.html", b"<script>alert(1)</script>", False),
        ("logo.png", PNG + b"\0" * 512 * 1024, False),
    ],
)
def test_a_logo_is_a_small_picture_and_no_document(portal, browse, name, content, welcome):
    client = browse(portal, portal.administrator)

    response = save(client, logo_file=SimpleUploadedFile(name, content, "image/png"))

    assert response.status_code == (302 if welcome else 422)
    shown = browse(portal).get("/brand/logo/")
    assert shown.status_code == (200 if welcome else 404)
    if welcome:
        assert (shown.headers["Content-Type"], shown.content) == ("image/png", content)
        assert save(client, remove_logo="on").status_code == 302
        assert browse(portal).get("/brand/logo/").status_code == 404


def test_people_change_their_own_account_only(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)

    client.post("/account/", {"name": "<b>Anna</b>", "phone": "08-1", "language": "sv", "role": "administrator"})

    after = User.objects.get(pk=in_scope.customer.pk)
    assert (after.name, after.phone, after.language, after.role) == ("<b>Anna</b>", "08-1", "sv", "customer")
    assert b"<b>Anna" not in client.get("/account/").content
    with pytest.raises(PermissionError):
        update_account(actor=in_scope.agent, user=in_scope.customer, values={"name": "x"})


# -- language -------------------------------------------------------------------------------------------------------


def language_of(client, **headers) -> str:
    response = client.get("/", headers=headers)
    assert response.headers["Content-Language"] == Page(response).all("html")[0]["lang"]
    assert "Accept-Language" in response.headers["Vary"]
    return str(response.headers["Content-Language"])


def test_the_readers_own_choice_goes_before_account_browser_and_portal(portal, browse):
    """I16"""
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(language="")
    client = browse(portal, portal.customer, language="")

    assert language_of(client) == "sv"  # the portal's
    assert language_of(client, **{"accept-language": "de, en;q=0.8"}) == "en"
    assert language_of(client, **{"accept-language": "de, fi"}) == "sv"
    assert language_of(client, **{"accept-language": "en-GB, sv"}) == "en"
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(language="en")
    assert language_of(client, **{"accept-language": "sv"}) == "en"
    client.cookies["language"] = "sv"
    assert language_of(client, **{"accept-language": "en"}) == "sv"
    client.cookies["language"] = "../../etc"
    assert language_of(client, **{"accept-language": "sv"}) == "en"


def test_the_switch_changes_the_language_of_this_reader_and_keeps_the_page(portal, browse):
    client = browse(portal, language="sv")

    response = client.post("/language/", {"language": "en", "next": "/tickets/new/?x=1"})

    assert response.url == "/tickets/new/?x=1"
    assert language_of(client, **{"accept-language": "sv"}) == "en"
    assert client.post("/language/", {"language": "xx", "next": "/"}).status_code == 302
    assert language_of(client) == "en"


def test_the_switch_is_remembered_in_the_account_of_who_is_signed_in(portal, browse):
    browse(portal, portal.customer).post("/language/", {"language": "sv"})

    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).language == "sv"


# -- founding -------------------------------------------------------------------------------------------------------


def test_a_founded_portal_is_reached_at_its_hosts_and_links_use_the_first(portal, browse):
    tenant = found_tenant(
        slug="east", name="East", hosts=["East.Example", "help.east.example"], mail_address="s@east.example"
    )
    add_staff(tenant=tenant, email="a@east.example", name="A", password="Correct-horse-7")

    from django.test import Client

    for host in ("east.example", "help.east.example"):
        assert "East" in Client(headers={"host": host}).get("/").content.decode()
    assert tenant.url("/x/") == "http://east.example:8000/x/"
