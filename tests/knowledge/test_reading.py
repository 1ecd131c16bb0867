"""The help centre's pages: who gets which articles, in which language, and with what belongs to them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scoping import tenant_scope
from knowledge.models import ArticleAddress, ArticleFile, RelatedArticle
from tests.factories import OrganisationFactory, UserFactory
from tests.knowledge.shelf import attach, shelf, write
from tests.pages import Page, plain_answer


@pytest.fixture
def articles(in_scope):
    """One article for each audience, and what nobody reads."""
    return {
        "open": write("open"),
        "inside": write("inside", audience="signed_in"),
        "theirs": write("theirs", audience="organisations", organisation=in_scope.organisation),
        "others": write("others", audience="organisations", organisation=OrganisationFactory()),
        "staff": write("staff", audience="staff"),
        "draft": write("draft", out=False),
        "shelved": write("shelved", archived_at=timezone.now()),
    }


READS = {
    "nobody": {"open"},
    "customer": {"open", "inside", "theirs"},
    "agent": {"open", "inside", "theirs", "others", "staff"},
}


@pytest.mark.parametrize("role", READS)
def test_each_reader_gets_what_is_for_them(articles, in_scope, browse, role, subtests):
    client = browse(in_scope, getattr(in_scope, role, None))
    listed = client.get("/help/")
    section = client.get("/help/?section=guides")
    for slug in articles:
        with subtests.test(slug):
            reads = slug in READS[role]
            assert client.get(f"/help/{slug}/").status_code == (200 if reads else 404)
            for page in (listed, section):
                assert (f"/help/{slug}/" in Page(page).links()) == reads
    for page in (listed, section):
        assert Page(page).marked("data-total")[0]["data-total"] == str(len(READS[role]))


def test_people_of_another_organisation_or_of_none_do_not_read_what_is_for_one(articles, in_scope, browse):
    for organisation in (OrganisationFactory(), None):
        client = browse(in_scope, UserFactory(organisation=organisation))
        assert client.get("/help/inside/").status_code == 200
        assert client.get("/help/theirs/").status_code == 404


def test_what_may_not_be_read_answers_like_what_does_not_exist(articles, in_scope, browse):
    client = browse(in_scope)
    plain = {
        plain_answer(client.get(f"/help/{slug}/"), slug) for slug in ("inside", "staff", "draft", "shelved", "nothing")
    }
    assert len(plain) == 1


def test_an_address_it_had_before_leads_on_for_those_who_may_read_it(articles, in_scope, other_portal, browse):
    for slug in ("open", "inside"):
        ArticleAddress.objects.create(article=articles[slug], slug=f"{slug}-before")
    guest, customer = browse(in_scope), browse(in_scope, in_scope.customer)

    assert guest.get("/help/open-before/").url == "/help/open/"
    assert customer.get("/help/inside-before/").url == "/help/inside/"
    assert guest.post("/help/open-before/vote/", {"helpful": "yes"}).url == "/help/open/#helpful"
    for slug in ("inside", "shelved"):
        assert guest.get(f"/help/{slug}-before/").status_code == 404
    assert browse(other_portal).get("/help/open-before/").status_code == 404


def test_another_portal_has_none_of_it(articles, other_portal, browse):
    client = browse(other_portal, other_portal.agent)
    assert client.get("/help/open/").status_code == 404
    assert Page(client.get("/help/")).marked("data-total")[0]["data-total"] == "0"
    assert client.get("/help/?section=guides").status_code == 404
    assert client.get("/help/?section=%00guides%00").status_code == 404


def test_a_section_without_anything_to_read_is_not_there(in_scope, browse):
    write("secret", audience="staff", section=shelf("inside"))
    client = browse(in_scope, in_scope.customer)
    assert "Inside" not in Page(client.get("/help/")).text
    assert client.get("/help/?section=inside").status_code == 404
    assert client.get("/help/?section=%00").status_code == 404


def test_sections_and_articles_stand_in_their_order_and_long_sections_are_cut(in_scope, browse):
    later, sooner = shelf("later", position=2), shelf("sooner", position=1)
    for number in range(8):
        write(f"late-{number}", section=later, position=8 - number)
    write("soon", section=sooner)
    page = Page(browse(in_scope).get("/help/"))
    links = [link.removeprefix("/help/").strip("/") for link in page.links() if link.startswith("/help/")]
    links = [link for link in links if link]
    assert links == ["soon", *(f"late-{number}" for number in range(7, 1, -1)), "?section=later"]
    assert {"data-count": "8"}.items() <= page.marked("data-count")[-1].items()


def test_one_section_has_pages(in_scope, browse):
    for number in range(30):
        write(f"a-{number}", position=number // 4)
    client, found, url = browse(in_scope), [], "/help/?section=guides"
    while url:
        page = Page(client.get(url))
        found += [link for link in page.links() if link.startswith("/help/a-")]
        url = next((f"/help/{link['href']}" for link in page.all("a") if link.get("rel") == "next"), "")
    assert found == [f"/help/a-{number}/" for number in range(30)]
    for nonsense in ("x~1", "1~x", "٣~1", "9999999999~1", "~"):
        assert client.get("/help/", {"section": "guides", "after": nonsense}).status_code == 200


def test_an_article_in_the_readers_language_or_in_the_other_one_and_told_so(in_scope, browse):
    write("both", title_sv="Nollställ", title_en="Reset", body_sv="Tryck på knappen", body_en="Press the button")
    write("swedish", title_sv="Bara svenska", body_sv="Ord")
    client = browse(in_scope)
    both, swedish = client.get("/help/both/"), client.get("/help/swedish/")
    assert "Press the button" in Page(both).text
    assert "Tryck" not in Page(both).text
    assert "only there in" not in Page(both).text
    assert "This article is only there in Swedish." in Page(swedish).text
    page = Page(swedish)
    assert page.all("h1")[0]["lang"] == "sv"
    assert [div.get("lang") for div in page.all("div") if div.get("class") == "article"] == ["sv"]
    assert "lang" not in Page(both).all("h1")[0]
    listed = Page(client.get("/help/"))
    assert {link["href"]: link.get("lang") for link in listed.all("a") if link.get("class") == "list__link"} == {
        "/help/both/": None,
        "/help/swedish/": "sv",
    }
    in_swedish = browse(in_scope, language="sv").get("/help/both/")
    assert "Tryck på knappen" in Page(in_swedish).text


def test_a_list_of_what_is_on_the_page_from_three_headings_on(in_scope, browse):
    write("short", body_en="# One\n\n# Two")
    write("long", body_en="# One\n\n## Below\n\n# Two")
    client = browse(in_scope)
    assert not [link for link in Page(client.get("/help/short/")).links() if link.startswith("#part")]
    page = Page(client.get("/help/long/"))
    anchors = [link for link in page.links() if link.startswith("#part")]
    assert anchors == ["#part-one", "#part-below", "#part-two"]
    assert [heading["id"] for heading in page.all("h2") + page.all("h3") if heading.get("id", "").startswith("part")]


def test_related_articles_are_those_the_reader_may_read(articles, in_scope, browse):
    for place, slug in enumerate(("staff", "inside", "draft")):
        RelatedArticle.objects.create(article=articles["open"], other=articles[slug], position=place)
    links = {role: Page(browse(in_scope, getattr(in_scope, role, None)).get("/help/open/")).links() for role in READS}
    assert not {"/help/staff/", "/help/inside/"} & set(links["nobody"])
    assert [link for link in links["agent"] if link in ("/help/staff/", "/help/inside/")] == [
        "/help/staff/",
        "/help/inside/",
    ]
    assert "/help/draft/" not in links["agent"]


def test_files_come_through_their_article_and_are_never_run(articles, in_scope, other_portal, browse):
    html = attach(articles["open"], "page.html", b"<script>alert(1)</script>")
    picture = attach(articles["open"], "shot.png", b"\x89PNG", "image/png")
    inside = attach(articles["inside"], "inside.txt")
    client = browse(in_scope)
    page = Page(client.get("/help/open/"))
    assert f"/help/open/files/{html.pk}/" in page.links()
    assert [image["src"] for image in page.all("img") if "files" in image["src"]] == [f"/help/open/files/{picture.pk}/"]
    served: Any = client.get(f"/help/open/files/{html.pk}/")
    assert b"".join(served.streaming_content) == b"<script>alert(1)</script>"
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    shown = client.get(f"/help/open/files/{picture.pk}/")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    for slug in ("open", "inside"):
        assert client.get(f"/help/{slug}/files/{inside.pk}/").status_code == 404
    assert browse(in_scope, in_scope.customer).get(f"/help/inside/files/{inside.pk}/").status_code == 200
    assert browse(other_portal).get(f"/help/open/files/{html.pk}/").status_code == 404


def test_a_file_that_the_published_words_do_not_mention_is_not_out_yet(articles, in_scope, browse):
    file = attach(articles["open"])
    version = articles["open"].published
    version.body_en = "Without it."
    version.save()
    assert browse(in_scope).get(f"/help/open/files/{file.pk}/").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(articles, in_scope, browse):
    file = attach(articles["open"])
    ArticleFile.objects.get(pk=file.pk).file.delete(save=False)
    assert browse(in_scope).get(f"/help/open/files/{file.pk}/").status_code == 404


def test_robots_take_only_what_everybody_may_read_on_an_open_portal(articles, in_scope, browse):
    def robots(user, slug):
        page = Page(browse(in_scope, user).get(f"/help/{slug}/"))
        refused = any(meta.get("content") == "noindex" for meta in page.all("meta"))
        canonical = [link["href"] for link in page.all("link") if link.get("rel") == "canonical"]
        return refused, canonical

    assert robots(None, "open") == (False, [f"http://{in_scope.host}:8000/help/open/"])
    assert robots(in_scope.customer, "inside") == (True, [])
    in_scope.tenant.strangers = "application"
    in_scope.tenant.save()
    assert robots(None, "open") == (True, [])


def test_hostile_words_do_nothing(in_scope, browse):
    write("bad", title_en="<b>Title</b>", body_en="<script>x</script>\n\n[a](javascript:alert(1))\n\n![p](http://x/y)")
    content = browse(in_scope).get("/help/bad/").content.decode()
    assert "<script>x" not in content
    assert 'href="javascript:' not in content
    assert "<b>Title" not in content
    assert "http://x/y" not in content


@pytest.mark.parametrize("url", ["/help/", "/help/?section=guides", "/help/a-0/"])
def test_as_many_questions_for_few_articles_as_for_many(in_scope, browse, url):
    client = browse(in_scope, in_scope.customer)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    written = [write(f"a-{number}") for number in range(3)]
    attach(written[0])
    RelatedArticle.objects.create(article=written[0], other=written[1])
    client.get(url)
    few = questions()
    for number in range(3, 40):
        more = write(f"a-{number}", section=shelf(f"more-{number % 5}") if number % 2 else None)
        RelatedArticle.objects.create(article=written[0], other=more)
        attach(written[0], f"{number}.txt")
    assert questions() == few


def test_nobody_elses_scope_is_needed(in_scope, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        write("southern")
    assert browse(in_scope).get("/help/southern/").status_code == 404
    assert browse(other_portal).get("/help/southern/").status_code == 200
