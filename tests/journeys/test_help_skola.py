"""The school-software company's manual on its help centre (row I): what is going on."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual

LANGUAGE = "en"
ANNIKA, LEAD = "customer@kund.example", "lead@skola.example"
TROUBLE = "Grades show late in the guardians' app"
TOPIC, SUBJECT = "arendeformular", "No grades in the app"
NEWS = {"sv": "Appens leverantör har hittat felet.", "en": "The app's supplier has found the fault."}
OVER = {"sv": "Betygen visas igen.", "en": "The grades show again."}


@pytest.fixture
def language() -> str:
    return LANGUAGE


def tell(lead: Reader, button: str, words: dict[str, str]) -> None:
    lead.fill(text_sv=words["sv"], text_en=words["en"])
    lead.press(lead.t(button), within="main")


def test_service_messages(meet: Meet, skola: Site) -> None:
    annika, lead = meet(ANNIKA, site=skola), meet(LEAD, site=skola)

    manual("I1", "service messages: on every page while they last, and before one files about what is affected")
    annika.open("/")
    expect(annika.page.locator(".service-banner")).to_contain_text(TROUBLE)
    annika.open(f"/tickets/new/{TOPIC}/")
    known = annika.page.locator("main .known-trouble")
    expect(known).to_contain_text(TROUBLE)
    known.get_by_role("checkbox").check()
    annika.fill(subject=SUBJECT, body="Parents call us.")
    annika.field("field_product").select_option("grades")
    annika.press(annika.t("Send ticket"))

    # One click, and news come by mail.
    annika.open("/service-messages/")
    annika.follow(TROUBLE, within="main")
    annika.follow(annika.t("By mail"), within="main")
    annika.press(annika.t("Mail them to %(address)s", address=ANNIKA), within="main")
    skola.post.take()
    lead.open("/desk/service-messages/")
    lead.follow(TROUBLE, within="main .service-row")
    address = lead.page.url
    tell(lead, "Tell it", NEWS)
    letter = skola.post.take()[ANNIKA, "service_message"]
    assert NEWS[letter.language] in letter.text
    annika.open(letter.link("/service-messages/"))
    annika.sees(NEWS[LANGUAGE])

    lead.open(address)
    tell(lead, "Tell that it is over", OVER)
    last = skola.post.take()[ANNIKA, "service_message"]
    assert OVER[last.language] in last.text
