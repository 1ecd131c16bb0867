"""A passkey in a real browser, with Chromium's own virtual authenticator; and a code by mail in place of a password."""

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession

from accounts.models import SecondFactor
from accounts.scoping import tenant_scope
from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site

CUSTOMER = "customer@kund.example"
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def language() -> str:
    return "en"


def plug_in(reader: Reader) -> tuple[CDPSession, str]:
    """A security key in the reader's computer, touched whenever it blinks."""
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("WebAuthn.enable")
    added: dict[str, Any] = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return devtools, added["authenticatorId"]


def sign_in_halfway(reader: Reader, onward: str = "") -> None:
    reader.open(f"/sign-in/?next={onward}")
    reader.fill(email=CUSTOMER, password=PASSWORD)
    reader.press(reader.t("Sign in"), within="main")
    assert reader.path == "/sign-in/second/"


def gets_none(reader: Reader) -> None:
    words = reader.t("The browser got no passkey. Try again, or use another way.")
    reader.page.locator("[data-passkey-words]", has_text=words).wait_for()


def test_a_passkey_is_added_asked_for_and_removed(meet: Meet, larm: Site) -> None:
    reader = meet(CUSTOMER)
    devtools, key = plug_in(reader)
    reader.open("/account/security/")
    reader.follow(reader.t("Add a passkey"), within="main")
    reader.fill(name="Blue key")
    reader.press(reader.t("Add the passkey"))
    assert reader.path == "/account/security/recovery-codes/"
    reader.press(reader.t("I have kept them"))
    reader.sees("Blue key")
    assert "Blue key" in larm.post.take()[CUSTOMER, "security"].text
    with tenant_scope(larm.tenant):
        counter = SecondFactor.objects.get(name="Blue key").sign_count

    # The same key is not taken twice: the browser itself knows it.
    reader.follow(reader.t("Add a passkey"), within="main")
    reader.fill(name="Blue key again")
    reader.button(reader.t("Add the passkey")).click()
    gets_none(reader)

    # The second step: with the key one is in, and its counter has moved on.
    reader.press(reader.t("Sign out"), within="header")
    sign_in_halfway(reader, "/account/")
    reader.press(reader.t("Use a passkey"))
    assert reader.path == "/account/"
    with tenant_scope(larm.tenant):
        assert SecondFactor.objects.get(name="Blue key").sign_count > counter

    # Elsewhere, with another key or none, one is not.
    thief = meet()
    plug_in(thief)
    sign_in_halfway(thief)
    thief.button(thief.t("Use a passkey")).click()
    gets_none(thief)
    thief.open("/account/")
    assert thief.path == "/sign-in/"

    # A key that was copied shows by its counter: it has been used more often than the copy knows.
    with tenant_scope(larm.tenant):
        SecondFactor.objects.filter(name="Blue key").update(sign_count=1000)
    reader.press(reader.t("Sign out"), within="header")
    sign_in_halfway(reader)
    reader.press(reader.t("Use a passkey"), status=422)
    with tenant_scope(larm.tenant):
        SecondFactor.objects.filter(name="Blue key").update(sign_count=1)
    reader.press(reader.t("Use a passkey"))
    assert reader.path == "/tickets/"

    reader.open("/account/security/")
    reader.page.get_by_role("button", name=re.compile("Remove")).first.click()
    reader.is_told(reader.t("It is removed. You are signed out everywhere else."))
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    assert (CUSTOMER, "security") in larm.post.take()


def test_a_code_by_mail_in_place_of_a_password(meet: Meet, larm: Site) -> None:
    reader = meet()
    reader.open("/sign-in/?next=/account/")
    reader.follow(reader.t("Sign in with a code by mail"), within="main")
    reader.fill(email=CUSTOMER)
    reader.press(reader.t("Send the code"))
    letter = larm.post.take()[CUSTOMER, "code"]
    digits = re.search(r"^(\d{4} \d{4})$", letter.text, re.MULTILINE)
    assert digits is not None
    assert digits[1] in letter.html
    reader.fill(digits="0000 0000" if digits[1] != "0000 0000" else "1111 1111")
    reader.press(reader.t("Sign in"), within="main", status=422)
    reader.fill(digits=digits[1])
    reader.press(reader.t("Sign in"), within="main")
    assert reader.path == "/account/"


def test_a_password_is_checked_while_it_is_typed(meet: Meet, larm: Site) -> None:
    reader = meet(CUSTOMER)
    reader.open("/account/security/")
    reader.follow(reader.t("Change the password"), within="main")
    rules = reader.page.locator("#password-rules .rule")
    met = reader.page.locator("#password-rules .rule--met")
    assert (rules.count(), met.count()) == (3, 0)
    reader.field("password").press_sequentially("korrekt")
    met.first.wait_for()
    assert met.count() == 1
    reader.field("password").press_sequentially(" häst batteri")
    reader.page.locator("#password-rules .rule--met >> nth=2").wait_for()
    reader.button(reader.t("Show"), within="main .field:has([name=password])").click()
    assert reader.field("password").get_attribute("type") == "text"
    reader.fill(present=PASSWORD)
    reader.press(reader.t("Save the new password"))
    reader.is_told(reader.t("Your new password is saved. You are signed out everywhere else."))
