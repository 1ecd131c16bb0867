"""A portal's own words in its mails: what they may contain, what they never lose, and how they are edited."""

import pytest

from accounts.scoping import tenant_scope
from notifications.actions.trying_mail import send_wording_test
from notifications.actions.wording import restore_wording, save_wording
from notifications.models import MailWording
from notifications.worded import judge, put_in
from notifications.wording import Wording, WordingBroken, fill_in
from notifications.wording_kinds import LANGUAGES, WORDED
from tests.factories import UserFactory, ask, ask_for_password, make_ticket
from tests.notifications.stories import come_in
from tests.pages import Page
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel

HOSTILE = "<b onload=\"x\">Tom & 'Jerry'</b> {{ text }} {% raw %}"
OWN = Wording("Svar: {{ subject }}", "Hej!\n\n{{ who }} skriver:\n\n{{ text }}{% if closed %}\n\nNu stängt.{% endif %}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WORDED)
def test_the_words_to_begin_with_can_be_used(kind: str, language: str) -> None:
    worded = WORDED[kind]
    judge(worded, worded.start(language))
    said = put_in(worded, worded.start(language), worded.samples(language, "North support"))

    assert "{" not in said.subject + said.text
    assert said.subject.startswith("[#1042] ") is worded.about_ticket
    for insert in worded.inserts:  # each can be used: whoever names it in the list must fill it
        judge(worded, Wording("x", f"{worded.start('en').text} {insert.mark}"))


BROKEN = {
    "{{ text": "line 1",
    "{{ text }}\n{% for a in b %}{% endfor %}": "line 2",
    "{{ text }}{% assign a = text %}": "line 1",
    "{{ text }}{% capture a %}{% endcapture %}": "line 1",
    "{{ text }}{% include 'mail/base.html' %}": "line 1",
    "{{ text }}{% render 'mail/base.html' %}": "line 1",
    "{{ text | times: 9 }}": "line 1",
    "{{ text | replace: 'a', text }}": "line 1",
    "{{ text }}{{ tenant.colour }}": "“tenant”",
    "{% if closed %}{{ settings }}{% endif %}{{ text }}": "“settings”",
    "{{ text }}" + "{% if closed %}" * 500: "line 1",
    "{{ text }}" + "{% if closed %}" * 30 + "{% endif %}" * 30: "line 1",
    "Hej": "{{ text }}",
    "Hej{% if closed %}{{ text }}{% endif %}": "{{ text }}",
    "{{ text.size }} signs": "{{ text }}",
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_used_is_said_in_plain_words(text: str) -> None:
    with pytest.raises(WordingBroken) as found:
        judge(WORDED["reply"], Wording("x", text))

    assert BROKEN[text] in found.value.words
    assert not found.value.is_subject
    with pytest.raises(WordingBroken) as found:
        judge(WORDED["password"], Wording("{% if %}", "x"))
    assert found.value.is_subject


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    assert fill_in("{{ text }}", {"text": HOSTILE}) == HOSTILE


def test_a_long_wording_ends_at_once() -> None:
    with pytest.raises(WordingBroken):
        fill_in("{{ text }}" * 1_000, {"text": "a" * 20_000})


def answered(portal, body: str = HOSTILE):
    ticket = make_ticket(requester=portal.customer, subject="Porten")
    reply_to_ticket(ticket=ticket, actor=portal.lead, body=body, channel=Channel.PORTAL, as_staff=True)


def test_mails_in_the_portals_own_words(in_scope, other_portal, send_all) -> None:
    save_wording(actor=in_scope.administrator, kind="reply", language="sv", wording=OWN)
    save_wording(actor=in_scope.administrator, kind="reply", language="en", wording=OWN)
    answered(in_scope)
    taken = next(one for one in send_all(in_scope.tenant) if one.mail["Subject"].endswith("Svar: Porten"))
    text, html = taken.part("plain"), taken.part("html")

    assert taken.mail["Subject"] == "[#1001] Svar: Porten"
    assert f"skriver:\n\n{HOSTILE}" in text
    assert "Nu stängt" not in text
    assert "&lt;b onload" in html
    assert "<b onload" not in html
    link = next(word for word in text.split() if "/t/" in word or "/tickets/" in word)
    assert link in html

    with tenant_scope(other_portal.tenant):
        answered(other_portal)
        assert not any("Svar:" in one.mail["Subject"] for one in send_all(other_portal.tenant))


def test_the_link_is_never_lost(in_scope, send_all) -> None:
    for language in LANGUAGES:
        wording = Wording("Lösenord", "Bara {{ portal }}")
        save_wording(actor=None, kind="password", language=language, wording=wording)
    ask_for_password(in_scope.customer.email)

    (taken,) = send_all(in_scope.tenant)
    text = taken.part("plain")
    assert "Bara North support" in text
    assert "/password/" in text


def word(kind: str, subject: str = "Hej", text: str = "Våra egna ord.") -> None:
    for language in LANGUAGES:
        save_wording(actor=None, kind=kind, language=language, wording=Wording(subject, text))


def test_a_confirmation_keeps_its_links_and_answers(in_scope, send_all) -> None:
    word("confirmation")
    newcomer = UserFactory(password=None, language="en")
    make_ticket(
        requester=newcomer,
        topic=in_scope.topic,
        answers={ask(in_scope.topic, "site", label_en="Where?"): "At the gate"},
        channel=Channel.GUEST,
    )
    taken = next(one for one in send_all(in_scope.tenant) if one.recipient == newcomer.email)

    for said in (taken.part("plain"), taken.part("html")):
        assert "Våra egna ord." in said
        assert "We have received your ticket" not in said
        for along in ("/t/", "/password/", "Where?", "At the gate", "It has beeped", "by mistake"):
            assert along in said


def test_whoever_is_let_in_gets_both_ways_in(in_scope, send_all) -> None:
    word("approved")
    come_in(in_scope, "words")
    taken = next(one for one in send_all(in_scope.tenant) if "Våra egna ord." in one.part("plain"))

    assert "/password/" in taken.part("plain")
    assert "/sign-in/" in taken.part("plain")


@pytest.mark.parametrize(
    ("wording", "subject"),
    [
        ("Tack", "[#1042] Tack: Larmet vid bakdörren"),
        ("Tack för {{ subject }}", "[#1042] Tack för Larmet vid bakdörren"),
        ("{% unless closed %}{{ subject }}{% endunless %}", "[#1042] Larmet vid bakdörren"),
    ],
)
def test_the_tickets_subject_is_never_left_out(wording: str, subject: str) -> None:
    """I13"""
    values = WORDED["reply"].samples("sv", "North support") | {"subject": "Larmet vid\nbakdörren"}

    assert put_in(WORDED["reply"], Wording(wording, "{{ text }}"), values).subject == subject
    assert put_in(WORDED["reply"], Wording("Tack", "x"), values | {"subject": ""}).subject == "[#1042] Tack"


def test_a_wording_echoes_no_more_than_the_original(in_scope, send_all) -> None:
    for language in LANGUAGES:
        save_wording(
            actor=None,
            kind="confirmation",
            language=language,
            wording=Wording("Tack {{ subject }}", "Tack {{ subject }}"),
        )
    guest = UserFactory()
    for number in (1, 2):
        make_ticket(requester=guest, subject=f"Gold {number}", channel=Channel.GUEST)

    first, second = (one for one in send_all(in_scope.tenant) if one.recipient == guest.email)
    assert first.mail["Subject"] == "[#1001] Tack Gold 1"
    assert second.mail["Subject"] == "[#1002] Tack"
    assert "Gold" not in second.part("plain") + second.part("html")


def test_a_broken_wording_stops_no_mail_and_is_shown(in_scope, browse, send_all) -> None:
    for language in LANGUAGES:
        MailWording.objects.create(kind="reply", language=language, subject="Svar: x", text="{{ no_such }}")
    answered(in_scope, "Now it works.")

    texts = [one.part("plain") for one in send_all(in_scope.tenant)]
    assert any("Now it works." in text for text in texts)
    page = browse(in_scope, in_scope.administrator).get("/settings/mail/wordings/").content.decode()
    assert "no_such" in page
    assert (
        "no_such" in browse(in_scope, in_scope.administrator).get("/settings/mail/wordings/reply/en/").content.decode()
    )


def test_only_administrators_word_mails(in_scope) -> None:
    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        with pytest.raises(PermissionError):
            save_wording(actor=actor, kind="reply", language="sv", wording=OWN)
        with pytest.raises(PermissionError):
            restore_wording(actor=actor, kind="reply", language="sv")
        with pytest.raises(PermissionError):
            send_wording_test(actor=actor, worded=WORDED["reply"], language="sv", wording=OWN)
    with pytest.raises(WordingBroken):
        save_wording(actor=None, kind="reply", language="sv", wording=Wording("x", "{{ no_such }}"))
    assert not MailWording.objects.exists()


def test_editing_previewing_and_going_back(in_scope, other_portal, browse) -> None:
    client, address = browse(in_scope, in_scope.administrator), "/settings/mail/wordings/reply/sv/"
    words = {"subject": OWN.subject, "text": OWN.text}

    assert Page(client.get("/settings/mail/wordings/")).main["data-total"] == str(len(WORDED))
    shown = client.post(address, words | {"preview": "yes"})
    assert "Karin Holm skriver:" in shown.content.decode()
    assert not MailWording.objects.exists()
    wrong = client.post(address, {"subject": "x", "text": "{{ no_such }} my words"})
    assert wrong.status_code == 422
    assert "my words" in wrong.content.decode()

    assert client.post(address, words).status_code == 302
    assert Wording(*MailWording.objects.values_list("subject", "text").get()) == OWN
    assert MailWording.objects.get().edited_by == in_scope.administrator
    assert client.post(address, words).status_code == 302
    with tenant_scope(other_portal.tenant):
        assert not MailWording.objects.exists()

    assert client.post(f"{address}return/").status_code == 302
    assert not MailWording.objects.exists()
    assert client.get("/settings/mail/wordings/new_ticket/sv/").status_code == 404
    assert client.get("/settings/mail/wordings/reply/de/").status_code == 404


def test_a_test_mail_goes_to_oneself(in_scope, browse, smtp, mailbox) -> None:
    client = browse(in_scope, in_scope.administrator)
    answer = client.post("/settings/mail/wordings/reply/sv/", {"subject": OWN.subject, "text": OWN.text, "test": "yes"})

    (taken,) = mailbox.taken
    assert taken.recipient == in_scope.administrator.email
    assert taken.mail["Subject"].startswith("[#1042] Svar:")
    assert "Karin Holm skriver:" in taken.part("plain")
    assert in_scope.administrator.email in answer.content.decode()
    assert not MailWording.objects.exists()
