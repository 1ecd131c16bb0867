"""Filing through the form, as a guest and signed in: one ticket, whatever happens on the way (T4, T8, T10)."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actions.closing_accounts import close_account
from accounts.models import Allowance, User
from accounts.scoping import tenant_scope
from tests.conftest import Portal
from tests.factories import ask, make_ticket
from tests.pages import Page, snapshot
from tickets.actions.forms import remove_form
from tickets.actions.opening import open_ticket
from tickets.enums import Channel, EventKind, FieldKind
from tickets.models import FieldAnswer, HelpTopic, Message, Ticket, TicketEvent, Upload

URL = "/tickets/new/fault/"


def guest_form(**changes: object) -> dict[str, object]:
    form = {
        "email": "guest@kund.example",
        "name": "Gun Gäst",
        "phone": "070-123 45 67",
        "subject": "The siren beeps",
        "body": "Since this morning.",
        "filing_key": str(uuid4()),
    }
    return {**form, **changes}


def tickets(portal: Portal) -> list[Ticket]:
    with tenant_scope(portal.tenant):
        return list(Ticket.objects.select_related("requester", "department").order_by("pk"))


def people(portal: Portal) -> int:
    with tenant_scope(portal.tenant):
        return User.objects.count()


@pytest.fixture
def only_ticket(portal: Portal):
    def get() -> Ticket:
        (ticket,) = tickets(portal)
        return ticket

    return get


def test_a_guest_files_and_is_registered_and_thanked_with_the_number(portal, other_portal, browse, only_ticket):
    """T4, T8, T10"""
    client = browse(portal)
    known = people(portal)

    response = client.post(URL, guest_form(), follow=True)

    ticket = only_ticket()
    page = Page(response)
    assert response.redirect_chain == [(f"/tickets/{ticket.number}/thanks/", 302)]
    assert page.main["data-ticket"] == str(ticket.number)
    assert str(ticket.number) in page.text
    assert "guest@kund.example" in page.text
    assert (ticket.requester.email, ticket.requester.name) == ("guest@kund.example", "Gun Gäst")
    assert not ticket.requester.has_usable_password()
    assert ticket.requester.verified_at is None
    assert ticket.channel == Channel.GUEST
    assert people(portal) == known + 1
    assert tickets(other_portal) == []
    with tenant_scope(other_portal.tenant):
        assert not User.objects.filter(email="guest@kund.example").exists()


def test_what_a_guest_claims_never_overwrites_what_is_on_record(portal, browse, only_ticket):
    before = portal.customer
    browse(portal).post(URL, guest_form(email="ANNA@Kund.Example", name="Not Anna", phone="666"))

    ticket = only_ticket()
    assert ticket.requester == portal.customer
    assert (ticket.requester.name, ticket.requester.phone) == (before.name, before.phone)
    page = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/"))
    assert "Not Anna" in page.text
    assert "not proven" in page.text


def test_a_guest_writing_a_known_address_learns_nothing_about_the_person(portal, browse):
    known, unknown = browse(portal), browse(portal)

    one = known.post(URL, guest_form(email="anna@kund.example"), follow=True)
    two = unknown.post(URL, guest_form(email="nobody@kund.example"), follow=True)

    known_text = Page(one).text.replace("anna@kund.example", "…").replace("1001", "N")
    unknown_text = Page(two).text.replace("nobody@kund.example", "…").replace("1002", "N")
    assert "Anna Holm" not in known_text
    assert known_text == unknown_text


def test_a_guest_may_add_to_the_ticket_just_filed_but_not_open_it(portal, browse, only_ticket):
    client = browse(portal)
    client.post(URL, guest_form())
    ticket = only_ticket()

    assert client.get(f"/tickets/{ticket.number}/").status_code == 302
    more = client.post(f"/tickets/{ticket.number}/thanks/more/", {"body": "And it smells.", "key": str(uuid4())})
    stranger = browse(portal).post(f"/tickets/{ticket.number}/thanks/more/", {"body": "Me too."})

    assert more.status_code == 302
    assert stranger.url == f"/sign-in/?next=/tickets/{ticket.number}/"  # as for any number
    with tenant_scope(portal.tenant):
        bodies = list(ticket.messages.values_list("body", "channel"))
    assert bodies == [("Since this morning.", "guest"), ("And it smells.", "guest")]


def test_a_signed_in_person_is_not_asked_what_is_known(portal, browse, only_ticket):
    client = browse(portal, portal.customer)
    fields = Page(client.get(URL)).form(URL)

    assert not {"email", "name", "phone", "website_"} & set(fields)
    client.post(URL, {**fields, "subject": "Hello", "body": "It beeps", "email": "boss@kund.example"})

    ticket = only_ticket()
    assert (ticket.requester, ticket.channel) == (portal.customer, Channel.PORTAL)
    assert ticket.organisation_id == portal.organisation.pk


def test_the_topics_own_questions_are_asked_kept_and_shown(portal, browse, only_ticket):
    with tenant_scope(portal.tenant):
        for position, (key, kind, required) in enumerate(
            (
                ("site", FieldKind.TEXT, True),
                ("since", FieldKind.DATE_TIME, True),
                ("day", FieldKind.DATE, False),
                ("count", FieldKind.NUMBER, False),
                ("urgent", FieldKind.CHECKBOX, False),
                ("kind", FieldKind.CHOICE, True),
                ("story", FieldKind.LONG_TEXT, False),
            )
        ):
            ask(
                portal.topic,
                key,
                kind=kind,
                need="always" if required else "optional",
                label_en=f"Question {key}",
                label_sv=f"Fråga {key}",
                position=position,
                choices=[{"value": "fire", "sv": "Brand", "en": "Fire"}] if kind == FieldKind.CHOICE else [],
            )
    client = browse(portal)

    missing = client.post(URL, guest_form())
    assert missing.status_code == 422
    page = Page(missing)
    for key in ("site", "since", "kind"):
        assert f"#id_field_{key}" in page.links()
    wrong = client.post(URL, guest_form(field_since="soon", field_kind="flood", field_count="many", field_site="x"))
    assert wrong.status_code == 422
    assert Page(wrong).form(URL)["field_since"] == "soon"

    answers = {
        "field_site": "Hall <b>2</b>",
        "field_since": "2026-11-20T14:30",
        "field_day": "2026-11-19",
        "field_count": "3.5",
        "field_urgent": "on",
        "field_kind": "fire",
        "field_story": "Line one\r\nLine two",
    }
    assert client.post(URL, guest_form(**answers)).status_code == 302
    ticket = only_ticket()
    with tenant_scope(portal.tenant):
        kept = dict(FieldAnswer.objects.filter(ticket=ticket).values_list("key", "value"))
    assert kept == {
        "site": "Hall <b>2</b>",
        "since": "2026-11-20T14:30+01:00",
        "day": "2026-11-19",
        "count": "3.5",
        "urgent": "yes",
        "kind": "fire",
        "story": "Line one\nLine two",
    }
    shown = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text
    assert "Question kind Fire" in shown
    assert "Hall <b>2</b>" in shown


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-03-29T02:30", "0000-00-00", "1" * 500]
)
def test_strange_moments_are_answered_or_kept(portal, browse, moment):
    with tenant_scope(portal.tenant):
        ask(portal.topic, "since", kind=FieldKind.DATE_TIME, label_en="Since")

    response = browse(portal).post(URL, guest_form(field_since=moment))

    assert response.status_code in (302, 422)
    for ticket in tickets(portal):
        assert browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/").status_code == 200


def test_every_wrong_field_is_named_and_everything_typed_stays(portal, browse):
    form = guest_form(email="no address", subject="", body="", name="")
    form |= {"phone": "<b>070</b>"}

    response = browse(portal).post(URL, form)

    page = Page(response)
    assert response.status_code == 422
    assert {"#id_email", "#id_name", "#id_subject", "#id_body"} <= set(page.links())
    kept = page.form(URL)
    assert kept["email"] == "no address"
    assert kept["phone"] == "<b>070</b>"
    assert kept["filing_key"] == form["filing_key"]
    assert tickets(portal) == []


def test_the_same_form_sent_twice_makes_one_ticket(portal, browse, only_ticket):
    client, form = browse(portal), guest_form()

    first, again = client.post(URL, form), client.post(URL, form, follow=True)

    ticket = only_ticket()
    assert first.url == again.redirect_chain[0][0]
    assert "sent this already" in Page(again).text
    with tenant_scope(portal.tenant):
        assert ticket.messages.count() == 1
        assert [event.kind for event in ticket.events.all()] == [EventKind.OPENED, EventKind.ROUTED]


def test_the_same_words_from_a_fresh_form_within_minutes_are_the_same_ticket(portal, browse, only_ticket):
    client = browse(portal, portal.customer)
    for _time in range(2):
        client.post(URL, {"subject": "Hm", "body": "It beeps", "filing_key": str(uuid4())})

    assert only_ticket().subject == "Hm"


def test_going_back_and_sending_other_words_adds_them_to_the_same_ticket(portal, browse, only_ticket):
    client, form = browse(portal), guest_form()
    client.post(URL, form)

    for _time in range(2):
        client.post(URL, {**form, "body": "Since this morning, and it smells.", "subject": "Siren"})

    ticket = only_ticket()
    with tenant_scope(portal.tenant):
        bodies = list(ticket.messages.values_list("body", flat=True))
        assert TicketEvent.objects.filter(ticket=ticket, kind=EventKind.REPLIED).count() == 1
    assert bodies == ["Since this morning.", "Siren\n\nSince this morning, and it smells."]


def test_going_back_and_adding_a_file_adds_it_once(portal, browse, only_ticket):
    client, form = browse(portal), guest_form()
    client.post(URL, form)

    for _time in range(2):
        client.post(URL, {**form, "attachments": SimpleUploadedFile("plan.txt", b"attic")})

    ticket = only_ticket()
    with tenant_scope(portal.tenant):
        files = [file.name for message in ticket.messages.all() for file in message.attachments.all()]
        assert files == ["plan.txt"]
        assert Upload.objects.count() == 0


def test_another_persons_form_key_neither_adds_to_their_ticket_nor_loses_the_new_one(portal, browse):
    form = guest_form()
    browse(portal).post(URL, form)
    browse(portal).post(URL, {**form, "email": "other@kund.example", "body": "My own words"})

    first, second = tickets(portal)
    with tenant_scope(portal.tenant):
        assert [list(ticket.messages.values_list("body", flat=True)) for ticket in (first, second)] == [
            ["Since this morning."],
            ["My own words"],
        ]
    assert first.requester != second.requester


def test_a_form_key_belongs_to_one_portal(portal, other_portal, browse):
    form = guest_form()
    browse(portal).post(URL, form)
    browse(other_portal).post(URL, form)

    assert len(tickets(portal)) == len(tickets(other_portal)) == 1


# -- no mail cannon -------------------------------------------------------------------------------------------------


def test_a_guest_may_file_as_often_as_the_portal_says_and_then_keeps_the_text(portal, browse):
    portal.tenant.guest_limit_per_address = 3
    portal.tenant.save()
    client = browse(portal)
    for number in range(3):
        assert client.post(URL, guest_form(subject=f"Ticket {number}")).status_code == 302

    form = guest_form(subject="One too many", email="Guest@KUND.example")
    refused = client.post(URL, {**form, "attachments": SimpleUploadedFile("plan.txt", b"attic")})

    assert refused.status_code == 429
    page = Page(refused)
    assert page.form(URL)["subject"] == "One too many"
    assert page.form(URL)["body"] == "Since this morning."
    assert page.form(URL)["kept"]
    assert "minute" in page.text
    assert len(tickets(portal)) == 3
    assert client.post(URL, guest_form(email="another@kund.example")).status_code == 302


def test_a_network_may_file_as_often_as_the_portal_says(portal, other_portal, browse):
    portal.tenant.guest_limit_per_network = 2
    portal.tenant.save()
    client = browse(portal)
    statuses = [
        client.post(URL, guest_form(email=f"guest{number}@kund.example"), REMOTE_ADDR="192.0.2.7").status_code
        for number in range(4)
    ]

    assert statuses == [302, 302, 429, 429]
    assert client.post(URL, guest_form(), REMOTE_ADDR="192.0.2.8").status_code == 302
    assert browse(other_portal).post(URL, guest_form(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_one_household_in_ipv6_is_one_network(portal, browse):
    portal.tenant.guest_limit_per_network = 1
    portal.tenant.save()

    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    statuses = [
        browse(portal).post(URL, guest_form(email=f"g{n}@kund.example"), REMOTE_ADDR=address).status_code
        for n, address in enumerate(addresses)
    ]

    assert statuses == [302, 429, 302]


def test_signed_in_people_are_not_counted(portal, browse):
    portal.tenant.guest_limit_per_address = portal.tenant.guest_limit_per_network = 1
    portal.tenant.save()
    client = browse(portal, portal.customer)

    statuses = [
        client.post(URL, {"subject": f"Ticket {n}", "body": "x", "filing_key": str(uuid4())}).status_code
        for n in range(4)
    ]

    assert statuses == [302] * 4


def test_one_form_key_does_not_let_a_guest_write_to_any_number_of_addresses(portal, browse):
    portal.tenant.guest_limit_per_network = 2
    portal.tenant.save()
    form = guest_form()

    statuses = [
        browse(portal).post(URL, {**form, "email": f"victim{number}@kund.example"}).status_code for number in range(4)
    ]

    assert statuses == [302, 302, 429, 429]
    assert len(tickets(portal)) == 2


def test_sending_the_same_form_again_costs_nothing(portal, browse, only_ticket):
    portal.tenant.guest_limit_per_network = portal.tenant.guest_limit_per_address = 1
    portal.tenant.save()
    client, form = browse(portal), guest_form()

    assert [client.post(URL, form).status_code for _time in range(4)] == [302] * 4
    assert only_ticket()


def test_a_guest_cannot_add_to_one_ticket_without_end(portal, browse, only_ticket):
    """Every addition mails the department's agents, so additions are limited like tickets."""
    portal.tenant.guest_limit_per_network = portal.tenant.guest_limit_per_address = 3
    portal.tenant.save()
    client, form = browse(portal), guest_form()
    client.post(URL, form)
    number = only_ticket().number

    resent = [client.post(URL, {**form, "body": f"Other words {n}"}).status_code for n in range(8)]
    more = [
        client.post(f"/tickets/{number}/thanks/more/", {"body": f"More {n}", "key": str(uuid4())}).status_code
        for n in range(8)
    ]

    assert 429 in resent
    assert 429 in more
    with tenant_scope(portal.tenant):
        assert Message.objects.count() < 12


def test_a_robot_that_fills_the_hidden_field_files_nothing_and_a_person_can_empty_it(portal, browse):
    before = people(portal)

    response = browse(portal).post(URL, guest_form(website="https://spam.example"))

    assert response.status_code == 422
    assert "Leave this field empty" in Page(response).text
    assert tickets(portal) == []
    assert people(portal) == before


def test_a_form_with_errors_costs_no_allowance(portal, browse):
    portal.tenant.guest_limit_per_address = portal.tenant.guest_limit_per_network = 1
    portal.tenant.save()
    client = browse(portal)
    for _time in range(3):
        client.post(URL, guest_form(subject=""))

    assert client.post(URL, guest_form()).status_code == 302


def test_a_guest_cannot_fill_the_disk_with_forms_that_are_never_right(portal, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.filing.UPLOADS_PER_NETWORK", 3)
    client = browse(portal)

    for number in range(6):
        client.post(URL, guest_form(subject="", attachments=SimpleUploadedFile(f"big{number}.txt", b"x" * 100)))

    with tenant_scope(portal.tenant):
        assert Upload.objects.count() == 3


# -- bad input ------------------------------------------------------------------------------------------------------

WORDS = {
    "long": "0123456789" * 10_000,
    "emoji": "👩🏽‍🚒🔥 brinner",
    "right to left": "שלום עולם مرحبا",
    "direction marks": "abc\u202egnp.exe",
    "markup": "<script>alert(1)</script> & <b>bold</b> {{ 7|add:7 }} {% now 'Y' %}",
    "combining": "Z̸̢͝a̶̛l̷̊g̴̈o̵",
    "quotes": "Robert'); DROP TABLE tickets_ticket;--",
    "surrounding": "  two  spaces\r\n\r\n\tand tabs",
}


@pytest.mark.parametrize("kind", WORDS)
def test_unusual_text_arrives_whole_and_is_shown_as_text(portal, browse, only_ticket, kind):
    words = WORDS[kind]
    browse(portal).post(URL, guest_form(body=words, subject=words[:150], name=words[:100]))

    ticket = only_ticket()
    with tenant_scope(portal.tenant):
        body = ticket.messages.get().body
    assert body == words.replace("\r\n", "\n").strip("\n ")
    for client, url in (
        (browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/"),
        (browse(portal, portal.agent), "/desk/"),
        (browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/preview/"),
    ):
        content = client.get(url).content.decode()
        assert "<script>alert" not in content
        assert "<b>bold" not in content


def test_nul_bytes_are_left_out_and_nothing_else(portal, browse, only_ticket):
    response = browse(portal).post(
        URL, guest_form(body="be\0ep", subject="si\0ren", name="G\0un", phone="0\x0070", email="guest@kund.example")
    )

    assert response.status_code == 302
    ticket = only_ticket()
    with tenant_scope(portal.tenant):
        assert (ticket.subject, ticket.messages.get().body) == ("si ren", "beep")
    assert browse(portal).post(URL, guest_form(email="gu\0est@kund.example")).status_code == 422


def test_text_over_the_limit_is_refused_with_every_character_kept(portal, browse):
    words = "å" * 200_001

    response = browse(portal).post(URL, guest_form(body=words))

    assert response.status_code == 422
    page = Page(response)
    assert page.form(URL)["body"] == words
    assert "200,000" in page.text
    assert browse(portal).post(URL, guest_form(body=words[:200_000])).status_code == 302


@pytest.mark.parametrize("letter", ["ﷺ", "ß", "İ", "㌖", "ﬃ"])
def test_letters_that_grow_when_folded_still_fit(portal, browse, only_ticket, letter):
    """A word that is longer folded than written must not break the search column."""
    response = browse(portal).post(URL, guest_form(subject=letter * 200, name=letter * 120))

    assert response.status_code == 302
    assert only_ticket().subject == letter * 200


def test_an_address_that_grows_when_folded_is_refused_politely(portal, browse):
    address = f"{'a' * 190}@{'å' * 30}.{'ö' * 15}.example"
    assert len(address) <= 254

    response = browse(portal).post(URL, guest_form(email=address))

    assert response.status_code in (302, 422)


def test_a_topic_that_disappeared_while_typing_gives_the_text_back(portal, browse):
    with tenant_scope(portal.tenant):
        HelpTopic.objects.update(is_active=False)
    response = browse(portal).post(URL, guest_form(body="Do not lose <me>"))

    page = Page(response)
    assert response.status_code == 410
    assert "Do not lose <me>" in page.text
    assert "The siren beeps" in response.content.decode()
    assert browse(portal).get(URL).status_code == 404
    assert tickets(portal) == []


def test_another_portals_topic_cannot_be_filed_under(portal, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        HelpTopic.objects.create(slug="secret", name_en="Secret")

    assert browse(portal).get("/tickets/new/secret/").status_code == 404
    assert browse(portal).post("/tickets/new/secret/", guest_form()).status_code == 410
    assert tickets(portal) == tickets(other_portal) == []


def test_looking_at_pages_writes_nothing(portal, browse):
    before = snapshot(without=("accounts.Session",))
    client = browse(portal)
    for url in ("/", "/tickets/new/", URL, "/sign-in/", "/password/"):
        assert client.get(url).status_code == 200

    assert snapshot(without=("accounts.Session",)) == before


def test_numbers_count_up_for_each_portal_by_itself(portal, other_portal, browse):
    for name in ("a", "b"):
        browse(portal).post(URL, guest_form(email=f"{name}@kund.example"))
    browse(other_portal).post(URL, guest_form())

    mine, theirs = [ticket.number for ticket in tickets(portal)], [ticket.number for ticket in tickets(other_portal)]
    assert mine == [mine[0], mine[0] + 1]
    assert theirs == [mine[0]]


def test_a_number_is_never_given_again(in_scope, browse):
    from tests.factories import make_ticket

    last = make_ticket(requester=in_scope.customer)
    number = last.number
    TicketEvent.objects.filter(ticket=last)._raw_delete(using="default")
    Message.objects.filter(ticket=last).delete()
    Ticket.objects.filter(pk=last.pk).delete()

    assert make_ticket(requester=in_scope.customer).number == number + 1


# -- forms that outlived their session ------------------------------------------------------------------------------


def test_a_form_whose_session_ended_survives_signing_in(portal, browse, only_ticket):
    client = browse(portal, portal.customer)
    fields = Page(client.get(URL)).form(URL)
    del client.cookies["session"]

    response = client.post(URL, {**fields, "subject": "Typed for long", "body": "Line 1\nLine 2"})

    assert response.status_code == 302
    assert response.url == f"/sign-in/?next={URL}"
    page = Page(client.get(response.url))
    assert tickets(portal) == []
    fields = next(form["fields"] for form in page.forms if "email" in form["fields"])
    signed_in = client.post("/sign-in/", {**fields, "email": "anna@kund.example", "password": "Correct-horse-7"})
    assert signed_in.url == URL
    kept = Page(client.get(URL)).form(URL)
    assert (kept["subject"], kept["body"]) == ("Typed for long", "Line 1\nLine 2")
    client.post(URL, kept)
    assert only_ticket().requester == portal.customer
    assert Page(client.get(URL)).form(URL)["body"] == ""


def test_kept_words_are_not_given_to_the_next_form_of_another_address(portal, browse):
    client = browse(portal)
    client.post(URL, {"subject": "Kept", "body": "Kept words"})
    with tenant_scope(portal.tenant):
        HelpTopic.objects.create(slug="other", name_en="Other")
        client.force_login(portal.customer, backend="accounts.backends.TenantBackend")

    assert Page(client.get("/tickets/new/other/")).form("/other/")["body"] == ""
    assert Page(client.get(URL)).form(URL)["body"] == "Kept words"


def test_a_stale_form_token_offers_to_send_again_and_then_works(portal, only_ticket):
    client = Client(enforce_csrf_checks=True, headers={"host": f"{portal.host}:8000", "accept-language": "en"})
    form = guest_form(body="\nLong words\r\nwith <b>lines</b>", kept=["1", "2"])

    refused = client.post(URL, {**form, "csrfmiddlewaretoken": "x" * 64})

    page = Page(refused)
    assert refused.status_code == 403
    again = page.form(URL)
    assert again["body"].replace("\r\n", "\n") == "\nLong words\nwith <b>lines</b>"
    assert "website" not in again
    assert client.post(URL, again).status_code == 302
    assert only_ticket().subject == form["subject"]


def test_files_that_cannot_be_kept_are_named(portal):
    client = Client(enforce_csrf_checks=True, headers={"host": f"{portal.host}:8000", "accept-language": "en"})

    refused = client.post(URL, guest_form(attachments=SimpleUploadedFile("plan<1>.txt", b"attic")))

    assert "plan<1>.txt" in Page(refused).text


def test_a_form_from_another_site_is_not_offered_again(portal):
    client = Client(enforce_csrf_checks=True, headers={"host": f"{portal.host}:8000"})

    for origin in ("https://evil.example", "null", f"https://{portal.host}:8000"):
        refused = client.post(URL, guest_form(), headers={"origin": origin})
        assert refused.status_code == 403
        assert b"The siren beeps" not in refused.content
    assert tickets(portal) == []


def test_an_allowance_is_spent_even_when_the_door_then_breaks(portal, browse, monkeypatch):
    def broken(**kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("tickets.views.filing.open_ticket", broken)
    client = browse(portal)
    client.raise_request_exception = False

    assert client.post(URL, guest_form()).status_code == 500
    with tenant_scope(portal.tenant):
        assert Allowance.objects.filter(spent=1).count() == 2


def test_a_callers_form_sent_again_with_other_words_speaks_for_the_caller(portal, other_portal):
    key = uuid4()
    with tenant_scope(portal.tenant):
        for body in ("It beeps.", "It beeps and blinks."):
            opened = open_ticket(
                actor=portal.agent,
                requester=portal.customer,
                topic=portal.topic,
                subject="The siren",
                body=body,
                channel=Channel.PHONE,
                filing_key=key,
            )
        assert opened.outcome == "added"
        assert {message.author for message in opened.ticket.messages.all()} == {portal.customer}


def test_the_page_of_thanks_repeats_what_a_guest_typed_and_tells_nothing_on_record(portal, other_portal, browse):
    client = browse(portal)
    sent = client.post("/tickets/new/fault/", guest_form(email="Anna@KUND.example"))

    assert "Anna@KUND.example" in client.get(sent.url).content.decode()

    with tenant_scope(portal.tenant):
        person = User.objects.get(pk=portal.customer.pk)
        person.email = "secret-new@private.example"
        person.save()
    assert "secret-new" not in client.get(sent.url).content.decode()


def test_a_guest_adds_to_a_ticket_whose_requester_left_like_to_any_other(portal, other_portal, browse):
    client = browse(portal)
    sent = client.post("/tickets/new/fault/", guest_form(email=portal.customer.email))
    with tenant_scope(portal.tenant):
        close_account(actor=portal.administrator, user=portal.customer)

    answer = client.post(f"{sent.url}more/", {"body": "It is louder now."})

    assert (answer.status_code, answer.url) == (302, sent.url)
    with tenant_scope(portal.tenant):
        assert Message.objects.filter(body="It is louder now.").exists()


def test_what_was_answered_stays_although_the_form_is_removed_meanwhile(portal, other_portal):
    with tenant_scope(portal.tenant):
        question = ask(portal.topic, "serial", label_en="Serial number")
        form, portal.topic.form = portal.topic.form, None
        portal.topic.save()
        remove_form(actor=portal.administrator, form=form)

        ticket = make_ticket(requester=portal.customer, topic=portal.topic, answers={question: "4711"})

        answer = FieldAnswer.objects.get(ticket=ticket)
        assert (answer.field, answer.label_en, answer.value) == (None, "Serial number", "4711")
