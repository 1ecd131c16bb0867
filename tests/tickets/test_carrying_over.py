"""An article made from an answer carries nothing over that its writer was not shown and did not tick."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.folding import fold_text
from knowledge.actions.sections import add_section
from knowledge.models import Article
from knowledge.queries.articles import newest_version
from tests.factories import make_ticket
from tickets.actions.attaching import keep_uploads
from tickets.actions.carrying_over import NotAnAnswer, article_from_answer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel
from tickets.private_parts import GAP, split, without

NAMES = ["Anna-Lisa Öberg", "anna.oberg", "Åby kommun", "Bo"]
SECRETS = st.sampled_from(
    [
        "Anna-Lisa",
        "ÖBERG",
        "Öbergs",
        "oberg",
        "Bos",
        "Åby",
        "anna.oberg@kund.example",
        "Bo.Ek+x@xn--by-xia.example",
        "+46 (0)70-123 45 67",
        "070 123 45 67",
        "08/555 12 00",
        "19850314-1234",
        "#100345",
        "4711",
        "SE45 5000 0000 0583 9825 7466",
        "AB12-CD34-EF56",
        "https://vard.example/reset?token=xyz",
        "www.kund.example/x",
    ]
)
HARMLESS = st.sampled_from(["Hello ", "press the button, ", "\n\n", "step 2: ", "open (Settings) ", "– then ", "10 % "])


@settings(max_examples=150)
@given(st.lists(st.one_of(SECRETS.map(lambda one: (True, one)), HARMLESS.map(lambda one: (False, one))), max_size=8))
@example([(True, "070 123 45 67"), (False, "\n\n"), (True, "4711")])
def test_nothing_that_is_somebodys_is_left_unless_it_was_ticked(pieces):
    text = "".join(f" {words} " if secret else words for secret, words in pieces)
    parts = split(text, NAMES)

    left = fold_text(without(parts))

    assert "".join(part.text for part in parts) == text
    for secret, words in pieces:
        assert not secret or fold_text(words) not in left
    keys = {part.key for part in parts if part.kind}
    assert without(parts, keys) == text


@settings(max_examples=100)
@given(st.text(max_size=200), st.lists(st.text(min_size=2, max_size=12), max_size=3))
def test_any_text_is_split_into_itself(text, names):
    assert "".join(part.text for part in split(text, names)) == text


def test_names_are_known_by_their_words_and_plain_words_stay():
    assert without(split("Hej Anna, skriv till Bo på Åby kommuns växel.", NAMES)) == (
        f"Hej {GAP}, skriv till {GAP} på {GAP} {GAP} växel."
    )
    assert without(split("Press the button twice, then step 2.", NAMES)) == "Press the button twice, then step 2."


@pytest.fixture
def answer(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Anna Holm cannot sign in")
    reply_to_ticket(
        actor=in_scope.agent,
        ticket=ticket,
        body="Hej Anna, call 070-123 45 67. Press Reset. /Elin",
        channel=Channel.PORTAL,
        as_staff=True,
    )
    return ticket.messages.last()


def test_an_answer_becomes_a_draft_with_what_was_ticked(in_scope, other_portal, browse, answer):
    section = add_section(actor=None, names=("Konto", "Account"))
    client = browse(in_scope, in_scope.agent)
    url = reverse("desk_carry_over", args=[answer.ticket.number, answer.pk])
    assert url in client.get(reverse("desk_ticket", args=[answer.ticket.number])).content.decode()
    page = client.get(url).content.decode()
    assert page.count("<mark>") == 3
    assert 'value="[…] cannot sign in"' in page.replace("[…] […]", "[…]")

    posted = {"title": "Sign in", "section": section.pk, "language": "sv", "carried": ["070-123 45 67"]}
    assert client.post(url, {**posted, "carried": ["something else"]}).status_code == 422
    made = client.post(url, posted)

    article = Article.objects.get()
    assert made.url == reverse("desk_article", args=[article.pk])
    assert article.published is None
    assert newest_version(article).body_sv == f"Hej {GAP}, call 070-123 45 67. Press Reset. /{GAP}"
    assert article.owner == in_scope.agent
    assert browse(other_portal, other_portal.agent).get(url).status_code == 404


def test_notes_and_customers_words_become_no_article(in_scope, browse, answer):
    section = add_section(actor=None, names=("Konto", "Account"))
    note = add_note(actor=in_scope.agent, ticket=answer.ticket, body="Between us.")
    client = browse(in_scope, in_scope.agent)

    for message in (note, answer.ticket.messages.first()):
        assert client.get(reverse("desk_carry_over", args=[answer.ticket.number, message.pk])).status_code == 404
        with pytest.raises(NotAnAnswer):
            article_from_answer(actor=in_scope.agent, message=message, section=section, title="t", language="sv")
    assert not Article.objects.exists()


def test_only_chosen_files_of_the_answer_come_along(in_scope, answer):
    from uuid import uuid4

    section = add_section(actor=None, names=("Konto", "Account"))
    key, note_key = uuid4(), uuid4()
    keep_uploads(form_key=key, files=[SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")])
    keep_uploads(form_key=note_key, files=[SimpleUploadedFile("secret.txt", b"s")])
    add_note(actor=in_scope.agent, ticket=answer.ticket, body="x", form_key=note_key)
    reply_to_ticket(
        actor=in_scope.agent,
        ticket=answer.ticket,
        body="See files.",
        channel=Channel.PORTAL,
        as_staff=True,
        form_key=key,
    )
    reply = answer.ticket.messages.last()
    every = [file.pk for message in answer.ticket.messages.all() for file in message.attachments.all()]
    unwanted = reply.attachments.get(name="b.txt").pk

    article = article_from_answer(
        actor=in_scope.agent,
        message=reply,
        section=section,
        title="t",
        language="en",
        files=[pk for pk in every if pk != unwanted],
    )

    assert [file.name for file in article.files.all()] == ["a.txt"]
    with article.files.get().file.open() as copied:
        assert copied.read() == b"a"
