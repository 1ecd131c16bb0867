"""A portal asks its staff for a second factor; an agent adds an app, comes back with it, and with a recovery code."""

import time
from pathlib import Path

import pyotp
import pytest

from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site

ADMIN, AGENT = "admin@larm.example", "agent@larm.example"
LANGUAGE = "en"


@pytest.fixture
def language() -> str:
    return LANGUAGE


def a_new_code(app: pyotp.TOTP) -> str:
    """What the app shows next: the one it shows now may have been used, and each works once."""
    return app.at(int(time.time()) + app.interval)


def sign_in_halfway(agent: Reader) -> None:
    agent.open("/sign-in/?next=/desk/mails/")
    agent.fill(email=AGENT, password=PASSWORD)
    agent.press(agent.t("Sign in"), within="main")
    assert (agent.path, agent.heading) == ("/sign-in/second/", agent.t("One more step"))


def test_a_portal_asks_its_staff_for_a_second_factor(meet: Meet, larm: Site, tmp_path) -> None:
    agent = meet(AGENT)
    customer = meet("customer@kund.example")
    admin = meet(ADMIN)
    admin.open("/settings/security/")
    admin.sees("Elin Lund")  # is named among those who have none yet
    admin.field("staff_need_second_factor").check()
    admin.press(admin.t("Save the settings"))

    # From their next click on, staff come no further than to the page where they add one; customers notice nothing.
    agent.open("/desk/")
    assert agent.path == "/account/security/"
    agent.sees(
        agent.t(
            "This portal asks its staff for a second factor. "
            "Add an authenticator app or a passkey, and you can go on working."
        )
    )
    customer.open("/tickets/")
    assert customer.path == "/tickets/"

    # The app is shown a key, and proves with a code that it has it; the recovery codes come with it.
    agent.follow(agent.t("Add an authenticator app"), within="main")
    app = pyotp.TOTP(agent.page.locator(".secret__key").inner_text().replace(" ", ""))
    agent.fill(code="000 000" if app.now() != "000000" else "111 111")
    agent.press(agent.t("Add the app"), status=422)
    agent.fill(code=app.now())
    agent.press(agent.t("Add the app"))
    assert agent.heading == agent.t("Your recovery codes")
    codes = agent.page.locator(".codes li").all_inner_texts()
    assert len(codes) == int(agent.mark("total")) >= 8
    with agent.page.expect_download() as arriving:
        agent.link(agent.t("Save as a file")).click()
    kept = Path(arriving.value.path()).read_text()
    assert all(code in kept for code in codes)
    agent.press(agent.t("I have kept them"))
    agent.open("/account/security/recovery-codes/")  # never again
    assert agent.path == "/account/security/"
    agent.open("/desk/")
    assert agent.path == "/desk/"
    letter = larm.post.take()[AGENT, "security"]
    assert not any(code in letter.text for code in codes)

    # Anew: the password is only the first step.
    agent.press(agent.t("Sign out"), within="header")
    sign_in_halfway(agent)
    agent.open("/desk/")
    assert agent.path == "/sign-in/"
    sign_in_halfway(agent)
    agent.fill(code="12345")
    agent.press(agent.t("Sign in"), within="main", status=422)
    digits = a_new_code(app)
    agent.fill(code=f"{digits[:3]} {digits[3:]}")
    agent.press(agent.t("Sign in"), within="main")
    assert agent.path == "/desk/mails/"

    # The same code opens nothing to whoever looked over the shoulder; a recovery code does, once.
    thief = meet()
    sign_in_halfway(thief)
    thief.fill(code=digits)
    thief.press(thief.t("Sign in"), within="main", status=422)
    elsewhere = meet()
    sign_in_halfway(elsewhere)
    elsewhere.page.get_by_text(elsewhere.t("Use a recovery code"), exact=True).click()
    elsewhere.fill(recovery=codes[0])
    elsewhere.page.locator("form:has([name=recovery]) button").click()
    elsewhere.page.wait_for_url("**/desk/mails/")
    elsewhere.look()
    thief.page.get_by_text(thief.t("Use a recovery code"), exact=True).click()
    thief.fill(recovery=codes[0])
    with thief.goes_on(status=422):
        thief.page.locator("form:has([name=recovery]) button").click()

    # The owner sees where they are signed in, and ends it elsewhere.
    agent.open("/account/security/")
    assert agent.mark("total") == "2"
    agent.press(agent.t("Sign out everywhere else"))
    elsewhere.open("/desk/")
    assert elsewhere.path == "/sign-in/"
    agent.open("/desk/")
    assert agent.path == "/desk/"
