"""What a mail brought besides plain words: formatting, pictures in place, quotes. Shown on every page, run on none."""

import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.collaborating import add_collaborator
from tickets.formatted import formatted
from tickets.links import ticket_link
from tickets.models import Attachment, Message, Ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
HTML = (
    '<p>The <b>panel</b> beeps:</p><img src="cid:panel@mail" alt="The panel"><img src="cid:gone@mail" alt="A logo">'
    "<table><tr><td>Zone</td><td>7</td></tr></table>"
)


class Picture:
    def __init__(self, pk: int, content_id: str, *, is_image: bool = True) -> None:
        self.pk, self.content_id, self.is_image, self.url = pk, content_id, is_image, f"/files/{pk}/"
        self.name = "a<b>.png"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>alert(1)</script><p onclick=x>Hi</p>", "<p>Hi</p>"),
        ('<p style="position:fixed" class="masthead" id="reply">Hi</p>', "<p>Hi</p>"),
        ("<style>p{}</style><h1>Big</h1>", "<p><strong>Big</strong></p>"),
        ('<form action="/desk/"><input name="q"><button>Send</button></form>', "Send"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ('<a href="/settings/">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ('<a href="//evil.example/">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        (
            '<a href="https://kund.example/a?b=1&amp;c=2">x</a>',
            '<a href="https://kund.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">x</a>',
        ),
        ('<img src="https://tracker.example/1.gif" alt="seen">', '<img alt="seen">'),
        ('<img src="/settings/">', "<img>"),
        ('<img src="cid:no-such" alt="Logo">', '<img alt="Logo">'),
        ('<img src="cid:file" alt="Not a picture">', '<img alt="Not a picture">'),
        ('<img src="CID:a%40b" alt="x > y">', '<a href="/files/1/"><img src="/files/1/" alt="x &gt; y"></a>'),
        (
            '<img src="CID:a%40b" alt=" ">',
            '<a href="/files/1/"><img src="/files/1/" alt="Picture: a&lt;b&gt;.png"></a>',
        ),
        (
            '<a href="https://a.example/"><img src="cid:a@b" alt="Us"></a>',
            '<a href="https://a.example/" rel="noopener noreferrer nofollow"><img src="/files/1/" alt="Us"></a>',
        ),
        ('<td colspan="999999999">x</td>', "x"),
        ('<main id="main"><p lang="sv">Hej</p></main>', '<div><p lang="sv">Hej</p></div>'),
        (
            '<img src="cid:a%40b" alt="Logo" width="90" height="9e9">',
            '<a href="/files/1/"><img src="/files/1/" alt="Logo" width="90"></a>',
        ),
        ("<svg><a xlink:href='javascript:x'>y</a></svg>z", "z"),
        ("a &lt;b&gt; & c", "a &lt;b&gt; &amp; c"),
        ("<p>never closed <b>bold", "<p>never closed <b>bold</b></p>"),
        ("</div></main><p>out</p>", "<p>out</p>"),
    ],
)
def test_only_words_tables_links_out_and_its_own_pictures_pass(html, shown):
    result = formatted(html, [Picture(1, "a@b"), Picture(2, "file", is_image=False)])

    assert re.sub(r'\s+(loading="lazy")?', " ", result.html).replace(" >", ">").replace("  ", " ") == shown


def test_which_pictures_stand_in_place_is_told():
    files = [Picture(1, "one"), Picture(2, "two"), Picture(3, "")]

    result = formatted('<img src="cid:one"><p>cid:two &lt;img src="cid:two"&gt;</p>', files)

    assert result.placed == {1}


PIECES = [*"<>\"'=/ &;ah1!-", "<img src=cid:a ", "<h2", "</h2 ", "<a href=", "<!--"]


@given(st.lists(st.sampled_from(PIECES)))
def test_nothing_that_runs_or_loads_from_elsewhere_passes(parts):
    html = formatted("".join(parts) + '<img src="https://x.example/" onerror="x">', [Picture(1, "a")]).html

    tags = re.findall(r"<(\w+)([^>]*)>", html)
    assert {name for name, _rest in tags} <= {"p", "strong", "img", "a"}
    assert not any(re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', rest)) for _name, rest in tags)
    assert "x.example" not in " ".join(re.findall(r'src="([^"]*)"', html))


@pytest.fixture
def mailed(portal, other_portal) -> tuple[Ticket, Attachment, Attachment]:
    """A ticket with a formatted mail on it: a picture in place, one that belongs to nothing, and a quote."""
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        message = Message.objects.create(
            ticket=ticket,
            author=portal.customer,
            body="The panel beeps: Zone 7",
            html=HTML,
            quoted="On Monday you wrote:\n> Which <b>zone</b>?",
            channel="mail",
            created_at=timezone.now(),
        )
        inline, other = (
            Attachment.objects.create(
                message=message,
                name=name,
                content_type="image/png",
                size=len(PNG),
                file=ContentFile(PNG, name),
                content_id=content_id,
                created_at=timezone.now(),
            )
            for name, content_id in (("panel.png", "panel@mail"), ("photo.png", "photo@mail"))
        )
        return ticket, inline, other


def pages(portal, ticket: Ticket, browse) -> dict[str, tuple[object, str]]:
    """Every page that shows a ticket's words, with the prefix of its addresses."""
    with tenant_scope(portal.tenant):
        link = ticket_link(ticket, portal.customer).split("8000", 1)[-1]
    link = link[link.index("/t/") :]
    desk = browse(portal, portal.agent)
    return {
        "customer": (browse(portal, portal.customer), f"/tickets/{ticket.number}/"),
        "link": (browse(portal), link),
        "desk": (desk, f"/desk/tickets/{ticket.number}/"),
        "preview": (desk, f"/desk/tickets/{ticket.number}/preview/"),
    }


@pytest.mark.parametrize("way", ["customer", "link", "desk", "preview"])
def test_a_mail_is_shown_as_it_was_formatted_with_its_pictures_in_place(portal, mailed, browse, way):
    ticket, inline, other = mailed
    client, url = pages(portal, ticket, browse)[way]
    page = Page(client.get(url))
    place = url.removesuffix("preview/")

    assert page.text.count("Zone") == 1
    assert ("td", {}) in page.elements
    pictures = {image["src"]: image for image in page.all("img") if "/attachments/" in image.get("src", "")}
    assert set(pictures) == {f"{place}attachments/{inline.pk}/", f"{place}attachments/{other.pk}/"}
    assert pictures[f"{place}attachments/{inline.pk}/"]["alt"] == "The panel"
    assert "panel.png" not in page.text
    assert "photo.png" in page.text
    assert client.get(f"{place}attachments/{inline.pk}/").status_code == 200


@pytest.mark.parametrize("way", ["customer", "link", "desk", "preview"])
def test_what_a_mail_repeats_is_folded_and_escaped(portal, mailed, browse, way):
    client, url = pages(portal, mailed[0], browse)[way]
    page = Page(client.get(url))

    folded = [attributes for attributes in page.all("details") if "quoted" in attributes.get("class", "")]
    assert len(folded) == 1
    assert "open" not in folded[0]
    assert "Quoted from earlier mails On Monday you wrote:> Which <b>zone</b>?" in page.text


def test_a_picture_in_place_is_no_more_open_than_any_other_file(portal, other_portal, mailed, browse):
    ticket, inline, _other = mailed
    url = f"attachments/{inline.pk}/"

    assert browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/{url}").status_code == 200
    assert browse(other_portal, other_portal.customer).get(f"/tickets/{ticket.number}/{url}").status_code == 404
    assert browse(other_portal, other_portal.agent).get(f"/desk/tickets/{ticket.number}/{url}").status_code == 404


def test_formatting_costs_no_queries(portal, mailed, browse, django_assert_max_num_queries):
    ticket, *_files = mailed
    with tenant_scope(portal.tenant):
        add_collaborator(actor=portal.agent, ticket=ticket, user=portal.customer, as_staff=True)
        plain = make_ticket(requester=portal.customer, topic=portal.topic)
    client = browse(portal, portal.customer)
    client.get(f"/tickets/{plain.number}/")
    counted = {}
    for number in (plain.number, ticket.number):
        client.get(f"/tickets/{number}/")
        with django_assert_max_num_queries(100) as queries:
            client.get(f"/tickets/{number}/")
        counted[number] = len(queries)

    assert counted[ticket.number] == counted[plain.number]
