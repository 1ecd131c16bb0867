"""What the portal holds about somebody, to take home: all of it, and nothing of anybody else's."""

import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import holdings
from accounts.actions.asking_in import request_entry
from accounts.actions.changing_addresses import request_address
from accounts.enums import EntryRequestKind
from accounts.holdings import Field, HeldFile, Part, parts_about
from accounts.models import Agreement, Application, Invitation, SecondFactor, Session, SignInCode, User
from accounts.packing import pack_holdings
from accounts.scoping import tenant_scope
from notifications.actions.choosing_mails import choose_mails
from notifications.actions.draining import drain
from tests.conftest import Portal
from tests.factories import UserFactory, make_ticket
from tests.pages import snapshot
from tickets.actions.attaching import keep_uploads
from tickets.actions.reading import mark_read
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel
from tickets.models import Attachment, Collaborator, Ticket

SECRET = "xylophone-in-the-cellar"


def packed(person: User) -> zipfile.ZipFile:
    archive = io.BytesIO()
    pack_holdings(User.objects.select_related("tenant", "organisation__agreement").get(pk=person.pk), archive)
    opened = zipfile.ZipFile(archive)
    assert opened.testzip() is None
    return opened


def data_of(person: User) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(packed(person).read("data.json"))
    return found


def everything_in(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    return "\n".join([*names, *(archive.read(name).decode("utf-8", "replace") for name in names)])


def posted(client: Client) -> tuple[int, bytes]:
    """Press the button; the status, and the archive if one came."""
    answer = client.post("/account/data/")
    return answer.status_code, answer.getvalue()  # read to the end, which closes the archive


def with_file(person: User, ticket: Ticket, name: str, content: bytes, *, note: bool = False) -> None:
    key = uuid4()
    keep_uploads(form_key=key, files=[SimpleUploadedFile(name, content)])
    if note:
        add_note(actor=person, ticket=ticket, body=f"{SECRET} note", form_key=key)
        return
    words = {"actor": person, "ticket": ticket, "body": "See the file", "channel": Channel.PORTAL, "form_key": key}
    reply_to_ticket(**words, as_staff=person.is_agent)


@pytest.fixture
def ticket(in_scope: Portal) -> Ticket:
    """A ticket of the customer's with an answer, a file of each side, a note with a file, and a reading mark."""
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps <b>", body="Since Monday")
    with_file(in_scope.customer, ticket, "plan.txt", b"my own plan")
    with_file(in_scope.agent, ticket, "theirs.txt", b"theirs alone")
    with_file(in_scope.agent, ticket, f"{SECRET}.txt", SECRET.encode(), note=True)
    last = ticket.messages.filter(kind="reply").last()
    mark_read(actor=in_scope.customer, ticket=ticket, message=last)
    drain(in_scope.tenant)
    return ticket


def fill_account(portal: Portal) -> None:
    """A row of everything about the customer's account."""
    now, customer = timezone.now(), portal.customer
    portal.organisation.agreement = Agreement.objects.create(name="Large agreement")
    portal.organisation.notes = SECRET
    portal.organisation.save()
    Application.objects.create(user=customer, organisation_name="Kommunen", reason="I need it", created_at=now)
    Invitation.objects.create(
        user=customer, invited_by=portal.agent, words="Welcome here", created_at=now, expires_at=now
    )
    SecondFactor.objects.create(user=customer, kind="totp", name="My app", secret=SECRET, created_at=now)
    SignInCode.objects.create(address_key=customer.email_key, nonce=SECRET, created_at=now)
    request_entry(kind=EntryRequestKind.REGISTER, address=customer.email.upper(), data={"reason": "Typed it"})
    request_address(actor=customer, user=customer, address="wanted@kund.example")
    choose_mails(actor=customer, user=customer, wanted=set())


def test_all_that_is_held_is_in_it(in_scope, other_portal, ticket, browse):
    fill_account(in_scope)
    browse(in_scope, in_scope.customer).get("/account/")
    found = data_of(in_scope.customer)

    assert set(found) == {"portal", "made_at", *(part.key for part in parts_about(in_scope.customer))}
    assert found["portal"] == "North support"
    account = found["account"][0]
    assert (account["address"], account["name"], account["role"]) == ("anna@kund.example", "Anna Holm", "customer")
    assert found["organisation"][0]["name"] == "Åby kommun"
    assert found["organisation"][0]["agreement"] == "Large agreement"
    assert {event["what"] for event in found["account_events"]} == {"address_requested", "details_changed"}
    assert {event["by"] for event in found["account_events"]} == {"self"}
    assert len(found["sessions"]) == Session.objects.filter(user=in_scope.customer).count() == 1
    assert found["factors"][0]["name"] == "My app"
    assert found["applications"][0]["reason"] == "I need it"
    assert found["invitations"][0] | {"at": "", "until": ""} == {
        "at": "",
        "organisation": "",
        "role": "customer",
        "invited_by": "Elin Lund",
        "words": "Welcome here",
        "until": "",
        "accepted_at": None,
        "withdrawn_at": None,
    }
    assert found["asked_by_address"][0]["typed"] == {"reason": "Typed it"}
    assert found["asked_by_address"][1]["what"] == "sign_in_code"
    assert {row["switched_off"] for row in found["mail_choices"]} >= {"closed", "reopened"}
    assert [row["kind"] for row in found["mails"]] == ["confirmation", "reply"]
    assert found["readings"][0]["ticket"] == ticket.number
    (mine,) = found["tickets"]
    assert mine["subject"] == "It beeps <b>"
    assert [message["text"] for message in mine["messages"]] == ["Since Monday", "See the file", "See the file"]
    assert [message["by"] for message in mine["messages"]] == ["self", "self", "Elin Lund"]
    assert mine["messages"][1]["files"] == [{"name": "plan.txt", "size": 11}]


def test_own_files_are_in_it_and_nobody_elses(in_scope, other_portal, ticket):
    archive = packed(in_scope.customer)
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert [name.partition("-")[2] for name in files] == ["plan.txt"]
    assert files[0].startswith(f"files/{ticket.number}/")
    assert archive.read(files[0]) == b"my own plan"
    assert sorted(set(archive.namelist()) - set(files)) == ["data.json", "index.html", "style.css"]


def test_nothing_of_others_is_in_it(in_scope, other_portal, ticket):
    """Secrets are planted wherever somebody else's things stand near the person's own."""
    fill_account(in_scope)
    colleague = UserFactory(email="bo@kund.example", name="Bo Ek", organisation=in_scope.organisation)
    User.objects.filter(pk=in_scope.customer.pk).update(is_contact_person=True, verified_at=timezone.now())
    in_scope.organisation.visibility = "everybody"
    in_scope.organisation.save()
    theirs = make_ticket(requester=colleague, topic=in_scope.topic, subject=SECRET, body=SECRET)
    Ticket.objects.filter(pk=theirs.pk).update(is_confidential=True)
    open_to_all = make_ticket(requester=colleague, topic=in_scope.topic, subject=f"{SECRET} two", body=SECRET)
    mark_read(actor=in_scope.customer, ticket=open_to_all, message=open_to_all.messages.first())
    left = make_ticket(requester=colleague, topic=in_scope.topic, subject=f"{SECRET} three", body=SECRET)
    once = Collaborator.objects.create(ticket=left, user=in_scope.customer, created_at=timezone.now())
    reply_to_ticket(actor=in_scope.customer, ticket=left, body=f"{SECRET} mine once", channel=Channel.PORTAL)
    once.delete()
    in_scope.agent.phone = SECRET
    in_scope.agent.save()
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic, subject=SECRET, body=SECRET)
        drain(other_portal.tenant)
    drain(in_scope.tenant)

    everything = everything_in(packed(in_scope.customer))

    assert {row["ticket"] for row in data_of(in_scope.customer)["readings"]} == {ticket.number}
    assert SECRET not in everything
    assert "bo@kund.example" not in everything
    assert "agent@north.example" not in everything
    assert "theirs alone" not in everything
    assert "/t/" not in everything
    assert "argon2" not in everything
    assert User.objects.get(pk=in_scope.customer.pk).password not in everything


def test_a_shared_ticket_is_in_it_with_names_but_without_addresses(in_scope, other_portal):
    nameless = UserFactory(email="bo@kund.example", name="")
    shared = make_ticket(requester=nameless, topic=in_scope.topic, body="Shared with Anna")
    Collaborator.objects.create(ticket=shared, user=in_scope.customer, created_at=timezone.now())
    (found,) = data_of(in_scope.customer)["tickets"]
    assert found["messages"][0]["text"] == "Shared with Anna"
    assert "bo@kund.example" not in everything_in(packed(in_scope.customer))


def test_an_agent_takes_home_their_own_tickets_and_no_customers(in_scope, other_portal, ticket):
    found = data_of(in_scope.agent)
    assert found["tickets"] == []
    assert found["departments"] == [{"department": "Service desk", "is_lead": False}]
    assert "Since Monday" not in everything_in(packed(in_scope.agent))


def test_the_page_is_readable_in_the_persons_language_and_time_and_escapes_everything(in_scope, other_portal, ticket):
    User.objects.filter(pk=in_scope.customer.pk).update(language="sv", time_zone="America/New_York")
    Ticket.objects.filter(pk=ticket.pk).update(created_at=datetime(2026, 7, 1, 2, 30, tzinfo=UTC))
    page = packed(in_scope.customer).read("index.html").decode()
    assert '<html lang="sv">' in page
    assert "It beeps &lt;b&gt;" in page
    assert "<b>" not in page
    assert "30 jun" in page
    assert page.count("<section") == page.count("</section>") == len(parts_about(in_scope.customer))
    assert page.rstrip().endswith("</html>")


def test_names_of_files_lead_nowhere_else(in_scope, other_portal, ticket):
    with_file(in_scope.customer, ticket, "x.txt", b"x")
    for name in ("../../etc/passwd", "..\\..\\boot.ini", "a/b\x00c.txt", "..", ".", "", "CON:", "å" * 140 + ".txt"):
        Attachment.objects.filter(name="x.txt").update(name=name.replace("\x00", "\x01"))
        for entry in packed(in_scope.customer).namelist():
            parts = entry.split("/")
            assert not entry.startswith("/")
            assert not {"..", "."} & set(parts)
            assert len(parts) <= 3
            assert "\\" not in entry
        Attachment.objects.filter(name=name.replace("\x00", "\x01")).update(name="x.txt")


def test_a_file_that_is_gone_is_named(in_scope, other_portal, ticket):
    gone = Attachment.objects.get(name="plan.txt")
    gone.file.storage.delete(gone.file.name)
    archive = packed(in_scope.customer)
    assert "plan.txt" in archive.read("missing.txt").decode()


def test_packing_changes_nothing(in_scope, other_portal, ticket):
    before = snapshot()
    packed(in_scope.customer)
    assert snapshot() == before


def test_rows_and_files_are_taken_one_at_a_time(in_scope, other_portal, monkeypatch):
    """However many there are, no more than one is in memory."""
    alive, most = set(), []

    class Big(io.BytesIO):
        def __init__(self, number: int) -> None:
            super().__init__(b"x" * 1000)
            alive.add(number)
            most.append(len(alive))
            self.number = number

        def close(self) -> None:
            alive.discard(self.number)
            super().close()

    rows = ({"n": number} for _twice in range(2) for number in range(1000))
    taken = iter(rows)
    part = Part(
        "many",
        "Many",
        (Field("n", "N"),),
        lambda _person: (next(taken) for _number in range(1000)),
        lambda _person: (HeldFile(f"files/{number}", lambda number=number: Big(number)) for number in range(50)),
    )
    monkeypatch.setattr(holdings, "_parts", {"many": part})
    archive = packed(in_scope.customer)
    assert len(json.loads(archive.read("data.json"))["many"]) == 1000
    assert max(most) == 1


def test_the_archive_does_not_tell_whose_addresses_are_known(in_scope, other_portal):
    """Whoever asks for an address learns from their own data neither that somebody has it nor that nobody does."""
    UserFactory(email="taken@kund.example")
    found = []
    for address in ("taken@kund.example", "free@kund.example"):
        person = UserFactory(email=f"curious.{address}", name="Curious")
        request_address(actor=person, user=person, address=address)
        drain(in_scope.tenant)
        data = data_of(person)
        assert data["account_events"][0]["new_address"] == address
        found.append((data["mails"], [{**event, "at": "", "new_address": ""} for event in data["account_events"]]))
    assert found[0] == found[1]


# --- The page ------------------------------------------------------------------------------------------------------


def test_downloading_from_the_page(in_scope, other_portal, ticket, browse):
    client = browse(in_scope, in_scope.customer)
    assert "Download what you hold about me" in client.get("/account/data/").content.decode()
    answer = client.post("/account/data/")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="north-support-')
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert json.loads(archive.read("data.json"))["account"][0]["address"] == "anna@kund.example"


def test_three_times_a_day_and_each_person_for_themselves(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    assert [posted(client)[0] for _number in range(4)] == [200, 200, 200, 429]
    assert "You have downloaded it 3 times today" in posted(client)[1].decode()
    assert posted(browse(in_scope, in_scope.agent))[0] == 200
    assert posted(browse(other_portal, other_portal.customer))[0] == 200


def test_only_the_signed_in_download_and_only_their_own(in_scope, other_portal, browse):
    assert browse(in_scope).post("/account/data/").status_code == 302
    asking_for_another = {"person": in_scope.agent.pk, "user": in_scope.agent.pk}
    answer = browse(in_scope, in_scope.customer).post("/account/data/", asking_for_another)
    found = json.loads(zipfile.ZipFile(io.BytesIO(answer.getvalue())).read("data.json"))
    assert found["account"][0]["address"] == "anna@kund.example"
