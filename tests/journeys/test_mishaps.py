"""What goes wrong in ordinary life: nothing that was typed is lost, nothing is sent twice."""

import pytest
from playwright.sync_api import expect

from accounts.models import Tenant
from tests.journeys.browsing import PASSWORD, Reader
from tests.journeys.conftest import Meet, Site
from tests.journeys.strangers import introduce

AGENT, CUSTOMER = "agent@larm.example", "sofia@tallen.example"
WORDS = "Serienumret är 4471.\n\n  – och det andra 4472."

LISTEN = """() => {
    const form = document.querySelector("main form");
    const listener = new MutationObserver(() => {
        const said = [...form.querySelectorAll("[aria-disabled], [data-sending]")].map(e => e.textContent.trim());
        sessionStorage.said = [sessionStorage.said, ...said].join("|");
    });
    listener.observe(form, { subtree: true, childList: true });
}"""


def fill_in(reader: Reader, subject: str) -> None:
    reader.open("/tickets/new/order/")
    if not reader.name:
        reader.fill(email="liv@strand.example", name="Liv Strand")
        introduce(reader)
    reader.fill(subject=subject, body=WORDS)


def throttle(reader: Reader, *, latency: int = 0, upload: int = -1) -> None:
    """A line that is slow to answer (ms), or to send (bytes a second)."""
    line = reader.context.new_cdp_session(reader.page)
    line.send("Network.enable")
    values = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": upload}
    line.send("Network.emulateNetworkConditions", values)


def lose(reader: Reader, *cookies: str) -> None:
    for cookie in cookies:
        reader.context.clear_cookies(name=cookie)


@pytest.mark.parametrize(("address", "side"), [(AGENT, "/desk"), (CUSTOMER, "")])
def test_words_written_as_the_session_ends_survive_signing_in_again(
    meet: Meet, larm: Site, address: str, side: str
) -> None:
    ticket = larm.ticket("Order: fyra rökdetektorer till hus C")
    reader = meet(address)
    page = f"{side}/tickets/{ticket.number}/"
    reader.open(page)
    reader.fill(body=WORDS)
    lose(reader, "session")
    reader.press(reader.t("Send, we go on working") if side else reader.t("Send reply"))
    assert reader.path == "/sign-in/"
    reader.sees(reader.t("What you wrote is kept. Sign in, and you come back to it."))
    assert larm.messages(ticket.subject)[1:] == []
    reader.fill(email=address, password="fel lösenord")
    reader.press(reader.t("Sign in"), within="main", status=422)
    reader.fill(email=address, password=PASSWORD)
    reader.press(reader.t("Sign in"), within="main")
    assert reader.path == page
    assert reader.field("body").input_value() == WORDS
    reader.press(reader.t("Send, we go on working") if side else reader.t("Send reply"))
    assert larm.messages(ticket.subject)[1:] == [WORDS]


def test_a_form_whose_token_is_gone_is_sent_with_one_more_press(meet: Meet, larm: Site) -> None:
    guest = meet()
    fill_in(guest, "Stod öppen länge")
    lose(guest, "session", "csrf")
    guest.press(guest.t("Send ticket"), status=403)
    assert guest.heading == guest.t("Not sent yet; press once more")
    guest.press(guest.t("Send"))
    assert guest.heading == guest.t("Thank you, we have your ticket")
    assert larm.messages("Stod öppen länge") == [WORDS]


def test_two_quick_presses_send_once(meet: Meet, larm: Site) -> None:
    guest = meet()
    fill_in(guest, "Dubbelklick")
    sent: list[str] = []
    guest.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    throttle(guest, latency=1500)
    with guest.goes_on():
        guest.button(guest.t("Send ticket")).evaluate("e => { e.click(); setTimeout(() => e.click(), 300); }")
    assert guest.heading == guest.t("Thank you, we have your ticket")
    assert len(sent) == 1
    assert larm.messages("Dubbelklick") == [WORDS]


def test_the_same_words_from_two_windows_make_one_ticket(meet: Meet, larm: Site) -> None:
    one, other = meet(CUSTOMER), meet(CUSTOMER)
    for reader in (one, other):
        fill_in(reader, "Två fönster")
    one.press(one.t("Send ticket"))
    other.press(other.t("Send ticket"))
    other.is_told(other.t("You had sent this already. It is one ticket, and nothing was sent twice."))
    assert one.mark("ticket") == other.mark("ticket") == str(larm.ticket("Två fönster").number)


def test_a_file_that_is_too_large_is_named_before_and_after(meet: Meet, larm: Site, papers, tmp_path) -> None:
    Tenant.objects.filter(pk=larm.tenant.pk).update(attachment_limit_mb=1)
    large = tmp_path / "film.mp4"
    large.write_bytes(b"\0" * (1024 * 1024 + 1))
    guest = meet()
    fill_in(guest, "För stor fil")
    guest.attach(papers["log.txt"], large)
    expect(guest.page.get_by_role("alert").filter(has_text="film.mp4")).to_be_visible()
    guest.press(guest.t("Send ticket"), status=422)
    said = guest.t(
        "“%(name)s” is larger than %(limit)d MB. Send a smaller file, or a link to it.", name="film.mp4", limit=1
    )
    guest.sees(said)
    assert guest.field("body").input_value() == WORDS
    expect(guest.page.get_by_label("log.txt")).to_be_checked()
    guest.press(guest.t("Send ticket"))
    assert larm.messages("För stor fil") == [WORDS]


def test_a_slow_upload_says_how_it_goes(meet: Meet, larm: Site, tmp_path) -> None:
    slow = tmp_path / "panel.bin"
    slow.write_bytes(b"\1" * 300_000)
    guest = meet()
    fill_in(guest, "Långsam lina")
    guest.attach(slow)
    throttle(guest, upload=100_000)
    guest.page.evaluate(LISTEN)
    guest.press(guest.t("Send ticket"))
    assert guest.heading == guest.t("Thank you, we have your ticket")
    said = guest.page.evaluate("sessionStorage.said.split('|')")
    assert guest.t("Sending…") in said
    size = guest.t("Sending the files, {size} in all. Please keep this page open.").split("{size}")
    assert any(words.startswith(f"{size[0]}300") and words.endswith(size[1]) for words in said), said


def test_odd_and_huge_words_are_shown_as_they_are(meet: Meet, larm: Site) -> None:
    subject = "😀 مرحبا <script>alert(1)</script> " + "å" * 120
    name = "\u202eمحمد <b>x</b> " + "N" * 80
    huge = "Ö" * 3000 + "\n" + "ord " * 24_000 + "{{ 7 }} <img src=x onerror=alert(1)>"
    guest = meet()
    guest.open("/tickets/new/order/")
    guest.fill(email="mo@strand.example", name=name, subject=subject, body=huge)
    introduce(guest)
    guest.press(guest.t("Send ticket"))
    guest.sees("😀 مرحبا <script>alert(1)</script>")
    link = larm.post.take()["mo@strand.example", "confirmation"].ticket_link
    for size in (390, 1440):
        guest.page.set_viewport_size({"width": size, "height": 844})
        guest.open(link)
        assert guest.heading == subject
        guest.sees("{{ 7 }} <img src=x onerror=alert(1)>")
    agent = meet(AGENT)
    for size in (390, 820, 1440):
        agent.page.set_viewport_size({"width": size, "height": 844})
        agent.open("/desk/?q=مرحبا")
        assert agent.mark("total") == "1"
        with agent.goes_on():
            agent.page.locator("a.row__subject").first.click()
        agent.sees("{{ 7 }} <img src=x onerror=alert(1)>")
        assert "\u202e" not in agent.page.content()  # it would turn the words around the name
        assert agent.page.evaluate("document.documentElement.scrollWidth") <= size
        agent.open("/desk/mails/?q=mo@strand.example")
        assert agent.page.evaluate("document.documentElement.scrollWidth") <= size
