"""Articles for a reply: those its reader may read, at the portal's own address."""

from django.urls import reverse

from accounts.models import Organisation
from accounts.scoping import tenant_scope
from knowledge.actions.indexing import index_article
from knowledge.models import ArticleOrganisation
from tests.conftest import Portal
from tests.factories import AgentFactory, make_ticket
from tests.knowledge.known import make_article
from tests.pages import Page


def test_an_agent_finds_what_the_requester_may_read(in_scope: Portal, other_portal: Portal, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    make_article("jam", title_en="Printer jam")
    make_article("key", title_en="Printer key", audience="staff")
    for slug, organisation in (("own", in_scope.organisation), ("others", Organisation.objects.create(name="Others"))):
        article = make_article(slug, title_en=f"Printer of {slug}", audience="organisations")
        ArticleOrganisation.objects.create(article=article, organisation=organisation)
        index_article(article)
    with tenant_scope(other_portal.tenant):
        make_article("south", title_en="Printer in the south")
    url = reverse("desk_article_search", args=[ticket.number])

    page = Page(browse(in_scope, in_scope.agent).get(url, {"q": "printer"}))

    base = in_scope.tenant.url("")
    assert set(page.links()) == {f"{base}/help/jam/", f"{base}/help/own/"}
    assert {mark["data-insert"] for mark in page.marked("data-insert")} == {
        f"Printer jam: {base}/help/jam/",
        f"Printer of own: {base}/help/own/",
    }
    assert Page(browse(in_scope, in_scope.agent).get(url)).links() == []


def test_who_does_not_see_the_ticket_searches_nothing_for_it(in_scope: Portal, other_portal: Portal, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    make_article("jam", title_en="Printer jam")
    url = reverse("desk_article_search", args=[ticket.number])

    assert browse(in_scope, in_scope.customer).get(url, {"q": "printer"}).status_code == 404
    assert browse(in_scope, AgentFactory()).get(url, {"q": "printer"}).status_code == 404


def test_the_reply_has_the_search(in_scope: Portal, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    page = Page(browse(in_scope, in_scope.agent).get(reverse("desk_ticket", args=[ticket.number])))

    assert page.marked("data-article-links")
