"""The guide's settings: what administrators write, what they are told is amiss, and what a customer would read."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.helpers import add_local_administrator
from accounts.models import Agreement
from accounts.scoping import tenant_scope
from knowledge.actions.guide import AnswerWords, save_question
from knowledge.models import Article, ArticleVersion, GuideAnswer, GuideExample, GuideQuestion, Section
from knowledge.queries.guide import Guide
from tests.factories import TopicFactory
from tests.pages import Page
from tickets.actions.arranging import retire_topic
from tickets.actions.guide import save_guide_answer
from tickets.actions.usual_guide import add_usual_guide
from tickets.guide_check import remarks_on
from tickets.models import GuideTopic, HelpTopic


def question(text: str) -> GuideQuestion:
    return save_question(actor=None, question=None, text=(f"{text} sv", text))


def answer(of: GuideQuestion, label: str, topic=None, **values: Any) -> GuideAnswer:
    words = AnswerWords(label=(f"{label} sv", label), **values)
    return save_guide_answer(actor=None, question=of, answer=None, words=words, topic=topic)


def amiss() -> dict[str, bool]:
    return {remark.words: remark.is_dead_end for remark in remarks_on(Guide())}


def article(**values: Any) -> Article:
    row = Article.objects.create(slug="how", section=Section.objects.create(slug="s", name_en="S"), **values)
    row.published = ArticleVersion.objects.create(article=row, number=1, title_en="How", published_at=timezone.now())
    row.save()
    return row


def test_a_guide_is_built_from_the_pages(in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    assert Page(client.get("/settings/guide/")).main["data-total"] == "0"

    made = client.post("/settings/guide/questions/new/", {"text_sv": "Vad gäller det?", "text_en": "What is it?"})
    what = GuideQuestion.objects.get()
    assert made.url == f"/settings/guide/questions/{what.pk}/"
    client.post("/settings/guide/questions/new/", {"text_en": "Who are you?"})
    who = GuideQuestion.objects.get(text_en="Who are you?")
    new = f"/settings/guide/questions/{what.pk}/answers/new/"
    assert client.post(new, {"label_en": "Access", "goes": "question", "leads_to": who.pk}).status_code == 302
    filled = {
        "label_sv": "Ett fel",
        "label_en": "A fault",
        "goes": "form",
        "topic": in_scope.topic.pk,
        "examples_sv": "Det piper\r\n\r\nDet blinkar",
        "examples_en": "It beeps",
        "contact_0": "",
    }
    assert client.post(new, filled).status_code == 302

    fault = GuideAnswer.objects.get(label_sv="Ett fel")
    assert GuideTopic.objects.get().topic == in_scope.topic
    assert [(row.text_sv, row.text_en) for row in GuideExample.objects.all()] == [
        ("Det piper", "It beeps"),
        ("Det blinkar", ""),
    ]
    page = Page(client.get("/settings/guide/"))
    assert page.main["data-total"] == "4"
    kept = client.get(f"/settings/guide/answers/{fault.pk}/").context["form"].initial
    assert (kept["examples_sv"], kept["examples_en"], kept["goes"]) == ("Det piper\nDet blinkar", "It beeps", "form")
    assert client.post(f"/settings/guide/answers/{fault.pk}/move/", {"do": "up"}).status_code == 302
    assert [row.label_en for row in Guide().answers_of(what)] == ["A fault", "Access"]


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.administrator)
    what = question("What?")
    on = answer(what, "On", end="advice", words=("", "x"))
    with tenant_scope(other_portal.tenant):
        theirs, far = save_question(actor=None, question=None, text=("", "Theirs")), other_portal.topic
    new = f"/settings/guide/questions/{what.pk}/answers/new/"

    for wrong in (
        {"goes": "form"},
        {"goes": "article"},
        {"goes": "question"},
        {"goes": "advice"},
        {"goes": ""},
        {"goes": "question", "leads_to": what.pk},
        {"goes": "question", "leads_to": theirs.pk},
        {"goes": "form", "topic": far.pk},
        {"goes": "mail", "mail_address": "no address"},
        {"goes": "advice", "words_en": "x", "label_en": ""},
        {"goes": "advice", "words_en": "x", "examples_en": "x" * 301},
        {"goes": "advice", "words_en": "x", "examples_en": "\n".join("abcdefghijklmnopqrstuvw")},
        {"goes": "javascript:alert(1)"},
    ):
        response = client.post(new, {"label_en": "Kept words", "label_sv": "", **wrong})
        assert response.status_code == 422
        assert ("Kept words" in response.content.decode()) == ("label_en" not in wrong)
    assert list(GuideAnswer.objects.all()) == [on]
    assert client.post("/settings/guide/questions/new/", {"help_en": "Only help"}).status_code == 422


def test_a_question_is_removed_when_nothing_leads_to_it(in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    what, who = question("What?"), question("Who?")
    on = answer(what, "On", leads_to=who)

    client.post(f"/settings/guide/questions/{who.pk}/removal/")
    assert GuideQuestion.objects.count() == 2
    client.post(f"/settings/guide/answers/{on.pk}/removal/")
    client.post(f"/settings/guide/questions/{who.pk}/start/")
    client.post(f"/settings/guide/questions/{what.pk}/removal/")
    assert list(GuideQuestion.objects.all()) == [who]


def test_dead_ends_are_named(in_scope):
    what, empty, stray = question("What?"), question("Empty?"), question("Stray?")
    answer(what, "Empty", leads_to=empty)
    gone = TopicFactory(slug="gone", name_en="Gone")
    answer(what, "Form", gone, end="form")
    out = article()
    answer(what, "Read", end="article", article=out)
    answer(what, "Call", end="phone")
    assert amiss() == {
        "Nobody comes to “Stray?”: no answer leads there.": False,
        "“Empty?” has no answers, so nobody gets further.": True,
        "“Call”: the portal has no phone number yet. Write it under Access.": True,
    }

    in_scope.tenant.phone = "08-1"
    Agreement.objects.create(name="Digital", shows_phone=False)
    retire_topic(actor=None, topic=gone)
    out.archived_at = timezone.now()
    out.save()
    stray.delete()
    answer(empty, "Fine", end="mail")
    assert amiss() == {
        "“Form”: the topic “Gone” is offered to nobody any more.": True,
        "“Read”: its article is not out.": True,
        "“Call”: customers with this agreement are told no number, and asked to write: Digital.": False,
    }


@pytest.mark.parametrize(("audience", "is_dead_end"), [("staff", True), ("signed_in", False), ("everybody", None)])
def test_an_article_not_everybody_reads_is_named(in_scope, audience, is_dead_end):
    answer(question("What?"), "Read", end="article", article=article(audience=audience))

    assert list(amiss().values()) == ([] if is_dead_end is None else [is_dead_end])


def test_a_missing_language_is_named(in_scope):
    what = save_question(actor=None, question=None, text=("Vad?", ""))
    words = AnswerWords(label=("Ja", "Yes"), end="advice", words=("", "Do so"))
    save_guide_answer(actor=None, question=what, answer=None, words=words)

    assert list(amiss()) == [
        "“Vad?”: something is missing in English, and shown in Swedish.",
        "“Yes”: something is missing in Swedish, and shown in English.",
    ]


def test_it_is_seen_as_somebody_at_an_organisation(in_scope, other_portal, browse):
    answer(question("What?"), "Write", in_scope.topic, end="form")
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta Local", phone="1")
    in_scope.organisation.agreement = Agreement.objects.create(name="Two", contact_limit=2)
    in_scope.organisation.save()
    client = browse(in_scope, in_scope.administrator)

    def read(**chosen: str) -> Page:
        return Page(client.get("/settings/guide/preview/", chosen))

    assert "/tickets/new/fault/" in read().links()
    somebody = read(organisation="aby kommun")
    assert "Lotta Local" in somebody.text
    assert "/tickets/new/fault/" not in somebody.links()
    assert "/tickets/new/fault/" in read(organisation="Åby kommun", is_named_contact="on").links()
    with tenant_scope(other_portal.tenant):
        other_portal.organisation.name = "Far away"
        other_portal.organisation.save()
    assert client.get("/settings/guide/preview/", {"organisation": "Far away"}).status_code == 422


def test_settings_ask_as_much_for_a_long_guide(in_scope, browse, django_assert_max_num_queries):
    what = question("What?")
    for number in range(12):
        below = question(f"Question {number}")
        answer(what, f"On {number}", leads_to=below)
        answer(below, f"Form {number}", TopicFactory(), end="form", examples=[("Så?", "So?")])
    client = browse(in_scope, in_scope.administrator)
    client.get("/settings/guide/")

    with django_assert_max_num_queries(24):
        client.get("/settings/guide/")


# A usual guide to begin with


def test_an_empty_guide_begins_with_a_usual_one_in_both_languages(in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    assert Page(client.get("/settings/guide/")).marked("data-begin")

    assert client.post("/settings/guide/beginning/").url == "/settings/guide/"

    guide = Guide()
    assert amiss() == {}
    assert [answer.end for _way, answer in guide.ends()] == ["form", "form", "form"]
    assert {row.topic for row in GuideTopic.objects.all()} == {in_scope.topic}
    table = Page(browse(in_scope).get("/contact/"))
    assert len(table.marked("data-guide-line")) == 3
    page = Page(client.get("/settings/guide/"))
    assert not page.marked("data-begin")
    client.post("/settings/guide/beginning/")
    assert GuideQuestion.objects.count() == 1


def test_a_usual_guide_ends_in_what_the_portal_has(in_scope):
    in_scope.tenant.phone = "08-1"
    in_scope.tenant.save()
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta Local", phone="1")

    assert add_usual_guide(actor=in_scope.administrator)

    ways = [([step.label for step in way], answer.end) for way, answer in Guide().ends()]
    assert ways == [
        (["Something does not work"], "phone"),
        (["Something does not work"], "form"),
        ([], "form"),
        ([], "own_administrators"),
    ]
    assert amiss() == {}


def test_which_of_several_forms_is_meant_a_usual_guide_does_not_guess(in_scope, browse):
    TopicFactory(slug="second")
    client = browse(in_scope, in_scope.administrator)

    page = Page(client.get("/settings/guide/"))
    assert not page.marked("data-begin")
    assert "only you know which of them is meant" in page.text
    client.post("/settings/guide/beginning/")

    assert not GuideQuestion.objects.exists()


def test_a_usual_guide_needs_a_form_and_an_administrator(in_scope, browse):
    with pytest.raises(PermissionError):
        add_usual_guide(actor=in_scope.agent)
    HelpTopic.objects.update(audience="signed_in")
    client = browse(in_scope, in_scope.administrator)

    page = Page(client.get("/settings/guide/"))
    assert not page.marked("data-begin")
    assert "no topic with a form is for everybody" in page.text
    client.post("/settings/guide/beginning/")

    assert not GuideQuestion.objects.exists()
