"""The search page: everything the reader may open, by kind, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.helpers import add_local_administrator
from accounts.models import Agreement, User
from accounts.scoping import tenant_scope
from knowledge.models import SearchedWords
from tests.conftest import Portal
from tests.factories import TopicFactory, UserFactory, ask, make_ticket
from tests.knowledge.known import make_article, make_service_message
from tests.pages import Page
from tickets.enums import FieldAccess
from tickets.searching import marks_in


def results(client, words: str, **query: str) -> Page:
    response = client.get(reverse("search"), {"q": words, **query})
    assert response.status_code == 200
    return Page(response)


def found_in(page: Page) -> set[str]:
    """The addresses of the hits, each in a list; not of the page around them."""
    return {link["href"] for link in page.all("a") if "list__link" in link.get("class", "")}


@pytest.fixture
def known(in_scope: Portal, other_portal: Portal) -> Portal:
    make_article("printer-jams", title_en="When the printer jams", body_en="Open the lid and take the sheet out.")
    make_article("printer-key", audience="staff", title_en="The printer key", body_en="It hangs in the cellar.")
    make_article("printer-signed", audience="signed_in", title_en="Your own printer")
    make_service_message("Printer queue is down")
    TopicFactory(slug="printing", name_sv="Skrivare", name_en="Printer trouble")
    with tenant_scope(other_portal.tenant):
        make_article("printer-south", title_en="The southern printer")
        make_ticket(requester=other_portal.customer, subject="Southern printer broken", topic=other_portal.topic)
    return in_scope


def test_a_guest_finds_what_everybody_may_read(known: Portal, browse):
    page = results(browse(known), "printer")

    assert "/help/printer-jams/" in found_in(page)
    assert reverse("file_ticket", args=["printing"]) in found_in(page)
    assert not {"/help/printer-key/", "/help/printer-signed/", "/help/printer-south/"} & found_in(page)
    assert page.main["data-total"] == "3"


def test_who_is_signed_in_finds_their_own_tickets_and_no_others(known: Portal, browse):
    own = make_ticket(requester=known.customer, subject="Printer beeps", topic=known.topic)
    others = make_ticket(requester=UserFactory(), subject="Printer of somebody else", topic=known.topic)

    page = results(browse(known, known.customer), "printer")

    assert {"/help/printer-signed/", reverse("ticket", args=[own.number])} <= found_in(page)
    assert reverse("ticket", args=[others.number]) not in found_in(page)
    assert page.main["data-total"] == "5"


def test_agents_find_the_tickets_they_see(known: Portal, browse):
    ticket = make_ticket(requester=known.customer, subject="Printer beeps", topic=known.topic)

    found = found_in(results(browse(known, known.agent), "printer"))

    assert {"/help/printer-key/", reverse("desk_ticket", args=[ticket.number])} <= found


def test_customers_find_no_tickets_by_what_only_staff_see(known: Portal, browse):
    site = ask(known.topic, "site", label_en="Site", is_searchable=True)
    blame = ask(known.topic, "blame", label_en="Blame", is_searchable=True, access=FieldAccess.INTERNAL)
    ticket = make_ticket(
        requester=known.customer, subject="It beeps", topic=known.topic, answers={site: "Attic", blame: "Careless"}
    )
    mine, theirs = browse(known, known.customer), browse(known, known.agent)

    assert reverse("ticket", args=[ticket.number]) in found_in(results(mine, "attic"))
    assert found_in(results(mine, "careless")) == set()
    assert reverse("desk_ticket", args=[ticket.number]) in found_in(results(theirs, "careless"))


def test_a_kind_by_itself_is_shown_page_by_page(known: Portal, browse):
    for number in range(21):
        make_article(f"scanner-{number}", title_en=f"Scanner number {number}")
    client = browse(known)

    first = results(client, "scanner", kind="articles")
    second = results(client, "scanner", kind="articles", page="2")

    assert (len(found_in(first)), len(found_in(second))) == (20, 1)
    assert first.main["data-total"] == second.main["data-total"] == "21"
    assert not found_in(first) & found_in(second)


def test_what_was_searched_for_is_marked_and_nothing_becomes_a_mark_up(known: Portal, browse):
    make_article("hostile", title_en="<b>Printer</b> & more")

    html = browse(known).get(reverse("search"), {"q": "printer <script>"}).content.decode()
    found = browse(known).get(reverse("search"), {"q": "printer"}).content.decode()

    assert "<script>alert" not in html
    assert "Search for “printer &lt;script&gt;”" in html
    assert "<mark>printer</mark>" in found
    assert "<b>" not in found


@pytest.mark.parametrize("words", ["\x00", "   ", "!?", "", "*", '"'])
def test_nothing_to_search_for_is_no_search(known: Portal, browse, words: str):
    response = browse(known).get(reverse("search"), {"q": words})

    assert response.status_code == 200
    assert not SearchedWords.objects.exists()


@pytest.mark.parametrize("signs", ["???", '"', " - ", "<!>"])
def test_who_searches_for_signs_alone_is_told_that_it_cannot_be(known: Portal, browse, signs: str):
    client = browse(known)
    page, empty = results(client, signs), results(client, "")
    told = "There is nothing to search for in signs alone. Write a word or a number."

    assert told in page.text
    assert page.form("/search/") == {"q": signs.strip()}
    assert page.text.replace(f" {told}", "") == empty.text  # the same else


@pytest.mark.parametrize("query", ["q=x&page=9999999999999999999", "q=x&page=-1&kind=nothing", "q=" + "x" * 5000])
def test_hostile_addresses_are_answered(known: Portal, browse, query: str):
    assert browse(known).get(f"{reverse('search')}?{query}").status_code == 200


def test_nothing_found_says_where_to_go_on(known: Portal, browse):
    page = results(browse(known), "quetzalcoatl")

    assert page.main["data-total"] == "0"
    assert reverse("topics") in page.links()


def test_very_many_searches_from_one_place_wait(known: Portal, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.searching.SEARCHES_AN_HOUR", 1)
    client = browse(known)

    assert client.get(reverse("search"), {"q": "printer"}).status_code == 200
    refused = client.get(reverse("search"), {"q": "printer"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert browse(known, known.customer).get(reverse("search"), {"q": "printer"}).status_code == 200


def _queries(client, words: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        results(client, words)
    return len(asked)


def test_many_hits_ask_no_more_than_few(known: Portal, browse):
    def client_of(person: User):
        client = browse(known, person)
        results(client, "printer")
        return client

    customer, agent = client_of(known.customer), client_of(known.agent)
    make_ticket(requester=known.customer, subject="Printer beeps", topic=known.topic)
    before = _queries(customer, "printer"), _queries(agent, "printer")
    for number in range(12):
        make_article(f"more-{number}", title_en=f"Printer {number}")
        make_service_message(f"Printer out {number}")
        TopicFactory(name_en=f"Printer topic {number}")
        make_ticket(requester=known.customer, subject=f"Printer {number}", topic=known.topic)

    assert (_queries(customer, "printer"), _queries(agent, "printer")) == before


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Åby kommun", "aby", ((0, 3),)),
        ("abab", "ab", ((0, 4),)),
        ("Straße", "strasse", ((0, 6),)),
        ("one two", "two one", ((0, 3), (4, 7))),
        ("nothing", "else", ()),
    ],
)
def test_words_are_marked_where_they_stand(text: str, words: str, marks: tuple):
    assert marks_in(text, words) == marks


def test_who_may_not_ask_is_told_who_does_where_nothing_was_found(known: Portal, browse):
    """S7: the way on from a search that found nothing is no way that ends before a closed door."""
    add_local_administrator(actor=None, organisation=known.organisation, name="Lotta Local", phone="0455-1")
    client = browse(known, known.customer)
    assert reverse("topics") in results(client, "zebra").links()
    known.organisation.agreement = Agreement.objects.create(name="Few", contact_limit=1)
    known.organisation.save()

    page = results(client, "zebra")

    assert "Lotta Local" in page.text
    assert "tel:0455-1" in page.links()
