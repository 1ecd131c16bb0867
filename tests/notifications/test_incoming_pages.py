"""The ledger's pages: the list, one mail, what is decided there, uploads, senders, and what the ticket shows."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.models import IncomingMail, SenderRule
from routing.actions.arranging import add_member
from tests.factories import AgentFactory, make_ticket
from tests.notifications.ledgers import address_of, eml, stored
from tests.pages import Page
from tickets.models import Ticket
from tickets.timeline import Entry

HOSTILE = eml(
    '"<script>alert(1)</script>" <sture@away.example>',
    "<img src=x onerror=alert(2)>",
    "<b>bold</b> https://evil.example/",
    X_Odd="<script>alert(3)</script>",
    Content_Type="text/plain",
)


@pytest.fixture
def ticket(in_scope) -> Ticket:
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="The siren")


@pytest.fixture
def client(in_scope, browse) -> Any:
    return browse(in_scope, in_scope.agent)


@pytest.fixture
def elsewhere(in_scope, browse) -> Any:
    agent = AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=agent)
    return browse(in_scope, agent)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_list_shows_each_state_with_its_count(in_scope, client, ticket):
    address = address_of(in_scope)
    stored(address=address, sender="", subject="")
    stored(address=address, state="refused", reason="bulk")
    stored(state="new_ticket", ticket=ticket, message=ticket.messages.first())
    page = client.get("/desk/incoming/")

    assert [(tab["key"], tab["count"]) for tab in page.context["tabs"]] == [
        ("", 3),
        ("held", 1),
        ("failed", 0),
        ("new_ticket", 1),
        ("reply", 0),
        ("refused", 1),
        ("waiting", 0),
    ]
    assert Page(page).main["data-total"] == "3"
    for words in ("Sender not certain", "Without a subject", "A newsletter or mailing list", f"#{ticket.number}"):
        assert words in Page(page).text
    assert client.get("/desk/incoming/?state=refused").context["page"].total == 1
    assert client.get("/desk/incoming/?state=nonsense").context["page"].total == 3


def test_the_search_goes_with_the_tabs_and_nonsense_narrows_nothing(in_scope, client):
    address = address_of(in_scope)
    stored(address=address, subject="Larmet piper")
    stored(address=address, subject="Order")
    page = client.get("/desk/incoming/?q=larmet&since=2020-01-01&until=2999-12-31&state=held")
    assert page.context["page"].total == 1
    assert all("q=larmet" in tab["url"] and "since=2020-01-01" in tab["url"] for tab in page.context["tabs"])
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    assert client.get(f"/desk/incoming/?since={tomorrow}").context["page"].total == 0
    for query in ("since=9999-12-31", "until=0001-01-01", "since=x", "q=%00", "q=" + "a" * 600, "after=~x", "q=%23"):
        assert client.get(f"/desk/incoming/?{query}").status_code == 200


def test_an_empty_list_says_what_will_be_there(in_scope, client):
    assert "No mail has come yet" in Page(client.get("/desk/incoming/")).text
    assert "No mail is held" in Page(client.get("/desk/incoming/?state=held")).text
    assert "Nothing matches" in Page(client.get("/desk/incoming/?q=x")).text
    assert "No sender is judged" in Page(client.get("/desk/incoming/senders/")).text


def test_lists_take_as_many_queries_for_many_mails(
    in_scope, client, ticket, django_assert_num_queries, django_assert_max_num_queries
):
    address = address_of(in_scope)
    stored(address=address)
    client.get("/desk/incoming/")
    with django_assert_max_num_queries(15) as asked:
        client.get("/desk/incoming/")
    for _number in range(30):
        stored(address=address, ticket=ticket, user=in_scope.customer)
    with django_assert_num_queries(len(asked)):
        assert client.get("/desk/incoming/").context["page"].next_url


def test_a_mail_is_shown_as_text_and_nothing_of_it_runs(in_scope, client):
    mail = stored(
        address=address_of(in_scope),
        raw=HOSTILE,
        subject="<img src=x onerror=alert(2)>",
        sender_name="<script>alert(1)</script>",
        detail="<script>alert(4)</script>",
        mail_id="<script>alert(5)</script>",
        authentication={"spf": "<script>", "dkim": "pass"},
    )
    page = client.get(f"/desk/incoming/{mail.pk}/")
    shown = Page(page)
    assert page.status_code == 200
    assert shown.scripts_with_text == []
    assert not [tag for tag, given in shown.elements if tag == "b" or "onerror" in given]
    for words in ("alert(1)", "alert(3)", "alert(4)", "<b>bold</b>", "DKIM: pass", "SPF: <script>"):
        assert words in shown.text


def test_no_token_of_ours_and_no_link_into_a_ticket_is_shown(in_scope, client, ticket):
    sealed = "fault+r7-0123456789abcdef@north.example"
    link = "https://north.localhost/t/abcdefghijkl.mnopqrstuvwxyz0123456789/"
    mail = stored(ticket=ticket, raw=eml(body=f"See {link}", Delivered_To=sealed), recipient=sealed)
    text = Page(client.get(f"/desk/incoming/{mail.pk}/")).text
    assert "fault@north.example" in text
    assert sealed not in text
    assert "mnopqrstuvwxyz" not in text


def test_the_source_is_a_file_to_be_saved_and_never_a_page(in_scope, client, elsewhere, ticket):
    raw = eml(body="<script>alert(1)</script>") + gzip.compress(b"x")
    mail = stored(ticket=ticket, raw=raw)
    answer = client.get(f"/desk/incoming/{mail.pk}/source/")
    assert answer.getvalue() == raw
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert elsewhere.get(f"/desk/incoming/{mail.pk}/source/").status_code == 404


def test_the_source_is_streamed_after_the_scope_was_left(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        mail = stored(reason="unknown_address", raw=eml(body="x" * 200_000))
    answer = browse(portal, portal.administrator).get(f"/desk/incoming/{mail.pk}/source/")
    assert len(answer.getvalue()) > 200_000


def test_a_mail_whose_bytes_are_gone_still_has_its_page(in_scope, client, ticket):
    mail = stored(ticket=ticket)
    mail.raw.delete()
    assert client.get(f"/desk/incoming/{mail.pk}/").status_code == 200
    assert client.get(f"/desk/incoming/{mail.pk}/source/").getvalue() == b""


def test_whoever_does_not_see_it_finds_nothing_and_changes_nothing(in_scope, other_portal, browse, elsewhere, ticket):
    mail = stored(ticket=ticket)
    foreign = browse(other_portal, other_portal.administrator)
    for visitor in (elsewhere, foreign, browse(in_scope, in_scope.customer)):
        for path in ("", "source/"):
            assert visitor.get(f"/desk/incoming/{mail.pk}/{path}").status_code == 404
        for path in ("ticket/", "reply/", "discarding/", "reading/", "sender/"):
            given = {"number": ticket.number, "verdict": "block"}
            assert visitor.post(f"/desk/incoming/{mail.pk}/{path}", given).status_code == 404
    mail.refresh_from_db()
    assert (mail.state, SenderRule.objects.count(), Ticket.objects.count()) == ("held", 0, 1)


def test_a_mail_is_accepted_as_a_new_ticket(in_scope, client):
    mail = stored(address=address_of(in_scope))
    answer = client.post(f"/desk/incoming/{mail.pk}/ticket/")
    mail.refresh_from_db()
    assert answer.url == f"/desk/tickets/{mail.ticket.number}/#end"
    assert f"The mail is ticket {mail.ticket.number} now" in said(client.get(answer.url))[0]
    again = client.post(f"/desk/incoming/{mail.pk}/ticket/")
    assert "decided already" in said(client.get(again.url))[0]
    assert Ticket.objects.count() == 1


def test_what_the_mail_does_not_say_is_asked_and_kept(in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    mail = stored(sender="", reason="unverified_sender", raw=eml("a@x.example, b@x.example"))
    empty = client.post(f"/desk/incoming/{mail.pk}/ticket/", {"sender": "no address", "topic": ""})
    assert empty.status_code == 422
    assert set(empty.context["new_form"].errors) == {"sender", "topic"}
    assert "no address" in [form["fields"].get("sender") for form in Page(empty).forms]
    given = {"sender": in_scope.customer.email, "topic": in_scope.topic.pk}
    client.post(f"/desk/incoming/{mail.pk}/ticket/", given)
    mail.refresh_from_db()
    assert mail.ticket.requester == in_scope.customer


def test_a_mail_is_added_to_a_ticket_by_its_number(in_scope, client, ticket):
    mail = stored(ticket=ticket)
    page = client.get(f"/desk/incoming/{mail.pk}/")
    assert str(ticket.number) in [str(form["fields"].get("number")) for form in Page(page).forms]
    for typed in ("", "x", "999999", "²"):
        wrong = client.post(f"/desk/incoming/{mail.pk}/reply/", {"number": typed})
        assert wrong.status_code == 422
        assert typed in [form["fields"].get("number") for form in Page(wrong).forms]
    answer = client.post(f"/desk/incoming/{mail.pk}/reply/", {"number": f" #{ticket.number} "})
    assert answer.url == f"/desk/tickets/{ticket.number}/#end"
    mail.refresh_from_db()
    assert (mail.state, mail.ticket) == ("reply", ticket)


def test_a_number_of_a_ticket_one_does_not_see_is_no_number(in_scope, elsewhere, ticket):
    mail = stored(address=address_of(in_scope, "field", department=in_scope.other_department))
    answer = elsewhere.post(f"/desk/incoming/{mail.pk}/reply/", {"number": ticket.number})
    assert answer.status_code == 422
    assert ticket.subject not in answer.content.decode()
    assert ticket.messages.count() == 1


def test_a_mail_is_put_aside_and_brought_back(in_scope, client, ticket):
    mail = stored(ticket=ticket)
    path = f"/desk/incoming/{mail.pk}/"
    assert "put aside" in said(client.get(client.post(f"{path}discarding/").url))[0]
    assert Page(client.get(path)).main["data-state"] == "refused"
    assert "read again" in said(client.get(client.post(f"{path}reading/").url))[0]
    assert Page(client.get(path)).main["data-state"] == "waiting"
    assert "/discarding/" not in client.get(path).content.decode(), "a worker has it now"


def test_a_sender_is_blocked_from_the_mails_page_and_freed_there(in_scope, client, ticket):
    mail = stored(ticket=ticket)
    path = f"/desk/incoming/{mail.pk}/"
    client.post(f"{path}sender/", {"verdict": "block", "key": "other@away.example"})
    rule = SenderRule.objects.get()
    assert (rule.key, rule.verdict) == ("sture@away.example", "block")
    page = Page(client.get(path))
    assert "are blocked" in page.text
    freed = client.post(f"/desk/incoming/senders/{rule.pk}/removal/", {"next": path})
    assert freed.url == path
    assert not SenderRule.objects.exists()
    client.post(f"{path}sender/", {"verdict": "nonsense"})
    assert not SenderRule.objects.exists()


def test_a_colleagues_address_is_not_blocked(in_scope, client, ticket):
    mail = stored(ticket=ticket, sender=in_scope.lead.email, reason="unproven_colleague")
    answer = client.post(f"/desk/incoming/{mail.pk}/sender/", {"verdict": "block"})
    assert "cannot be judged" in said(client.get(answer.url))[0]
    assert not SenderRule.objects.exists()


def test_the_list_of_senders_takes_addresses_and_from_administrators_domains(in_scope, client, browse):
    assert client.post("/desk/incoming/senders/", {"key": "a@b.example", "verdict": "block"}).status_code == 302
    for key in ("nonsense", "@b.example", ""):
        wrong = client.post("/desk/incoming/senders/", {"key": key, "verdict": "block"})
        assert wrong.status_code == 422
        assert key in [form["fields"].get("key") for form in Page(wrong).forms]
    boss = browse(in_scope, in_scope.administrator)
    assert boss.post("/desk/incoming/senders/", {"key": "@b.example", "verdict": "accept"}).status_code == 302
    offers = [
        "everybody who writes from there" in Page(one.get("/desk/incoming/senders/")).text for one in (client, boss)
    ]
    assert offers == [False, True]
    assert Page(client.get("/desk/incoming/senders/")).main["data-total"] == "2"
    rule = SenderRule.objects.get(key="@b.example")
    client.post(f"/desk/incoming/senders/{rule.pk}/removal/")
    assert SenderRule.objects.filter(pk=rule.pk).exists(), "an agent takes back no administrator's judgement"
    boss.post(f"/desk/incoming/senders/{rule.pk}/removal/")
    assert not SenderRule.objects.filter(pk=rule.pk).exists()


def test_saved_mails_are_uploaded_once_each(in_scope, client, elsewhere):
    address = address_of(in_scope)
    one, two = eml(subject="One"), b"From MAILER Mon Mar  2 10:00:00 2026\n" + eml(subject="Two")

    def upload(visitor: Any, *files: bytes, **given: Any) -> Any:
        mails = [SimpleUploadedFile(f"{number}.eml", raw) for number, raw in enumerate(files)]
        return visitor.post("/desk/incoming/upload/", {"mails": mails, **given})

    assert "2 mails are stored" in said(client.get(upload(client, one, two, address=address.pk).url))[0]
    found = IncomingMail.objects.order_by("pk")
    assert [(mail.source, mail.state, mail.recipient) for mail in found] == [
        ("upload", "waiting", "fault@north.example")
    ] * 2
    assert bytes(found[0].raw.content) != one
    assert upload(client, one).status_code == 302
    assert IncomingMail.objects.count() == 2
    foreign = upload(elsewhere, eml(subject="Three"), address=address.pk)
    assert foreign.status_code == 422, "the address is another department's"
    assert IncomingMail.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no saved mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on", "Outlook’s own format"),
        (b"%PDF-1.7\n", "is no saved mail"),
        (b"hello\nworld", "is no saved mail"),
    ],
)
def test_what_is_no_mail_is_named_and_the_others_are_stored(in_scope, other_portal, client, content, words):
    def upload(*files: tuple[str, bytes]) -> Any:
        mails = [SimpleUploadedFile(name, raw) for name, raw in files]
        return client.post("/desk/incoming/upload/", {"mails": mails})

    alone = upload(("<b>bad.eml", content))
    assert alone.status_code == 422
    assert words in Page(alone).text
    assert not IncomingMail.objects.exists()

    stored, left_out = said(client.get(upload(("good.eml", eml()), ("<b>bad.eml", content)).url))
    assert "1 mail is stored" in stored
    assert words in left_out
    assert "bad.eml" in left_out
    assert IncomingMail.objects.count() == 1
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_uploading_nothing_or_too_much_says_so(in_scope, client, settings):
    assert "Choose one or more files" in Page(client.post("/desk/incoming/upload/", {})).text
    settings.ATTACHMENT_LIMIT_MB = 0
    answer = client.post("/desk/incoming/upload/", {"mails": [SimpleUploadedFile("a.eml", eml())]})
    assert "larger than 0 MB" in Page(answer).text


def test_the_desk_says_what_waits_and_the_queue_tells_leads(in_scope, browse, ticket):
    stored(ticket=ticket)
    stored(ticket=ticket, state="refused", reason="bulk")
    for person, has_banner in ((in_scope.agent, False), (in_scope.lead, True), (in_scope.administrator, True)):
        page = browse(in_scope, person).get("/desk/")
        counts = [
            given.get("data-count") for tag, given in Page(page).elements if "state=held" in given.get("href", "")
        ]
        assert counts[0] == "1"
        assert any("data-held" in given for _tag, given in Page(page).elements) is has_banner


def test_the_ticket_shows_what_came_by_mail_and_what_is_held(in_scope, client, ticket):
    became = stored(state="new_ticket", ticket=ticket, message=ticket.messages.first())
    held = stored(ticket=ticket, subject="Me too")
    page = client.get(f"/desk/tickets/{ticket.number}/")
    content = page.content.decode()
    assert f'href="/desk/incoming/{became.pk}/"' in content
    assert "A mail for this ticket is held" in Page(page).text
    assert {"number": str(ticket.number)}.items() <= next(
        form["fields"] for form in Page(page).forms if form["action"] == f"/desk/incoming/{held.pk}/reply/"
    ).items()


def shown(reader: Any, ticket: Ticket, timeline: list[Entry]) -> list[IncomingMail]:
    context = Context({"ticket": ticket, "timeline": timeline, "is_agent": reader.is_agent})
    Template("{% load incoming %}{% incoming_of ticket timeline as held %}").render(context)
    found: list[IncomingMail] = context["held"]
    return found


def test_the_tag_asks_once_and_tells_customers_nothing(in_scope, ticket, django_assert_num_queries):
    first = ticket.messages.first()
    became = stored(state="new_ticket", ticket=ticket, message=first)
    held = stored(ticket=ticket)
    timeline = [Entry("message", message=first), Entry("event")]
    with django_assert_num_queries(1):
        assert shown(in_scope.agent, ticket, timeline) == [held]
    assert timeline[0].incoming == became
    with django_assert_num_queries(0):
        assert shown(in_scope.customer, ticket, timeline) == []
