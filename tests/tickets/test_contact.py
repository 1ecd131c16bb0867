"""Where to turn (M1, S8): what each reader is led to, and that nobody is led to what is not for them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.helpers import add_local_administrator, set_provider_contact
from accounts.models import Agreement
from accounts.scoping import tenant_scope
from knowledge.actions.guide import AnswerRefused, AnswerWords, save_answer, save_question
from knowledge.models import Article, ArticleVersion, GuideAnswer, GuideQuestion, Section
from knowledge.queries.guide import Guide
from notifications.actions.addressing import AddressWords, add_address, retire_address
from tests.factories import TopicFactory, UserFactory
from tests.pages import Page
from tickets.actions.guide import save_guide_answer
from tickets.guide_check import remarks_on
from tickets.models import GuideTopic
from tickets.turning import Hindrance, Turn, Turning


def ends(end: str, question: GuideQuestion | None = None, topic=None, **values: Any) -> GuideAnswer:
    what = question or GuideQuestion.objects.first() or save_question(actor=None, question=None, text=("Vad?", "What?"))
    words = AnswerWords(label=("", f"My {end}"), end=end, **values)
    return save_guide_answer(actor=None, question=what, answer=None, words=words, topic=topic)


def turn(reader, answer: GuideAnswer) -> Turn:
    return Turning(reader, [answer]).of(answer)


def article(slug: str, audience: str = "everybody") -> Article:
    section = Section.objects.get_or_create(slug="s", name_en="Section")[0]
    row = Article.objects.create(slug=slug, section=section, audience=audience)
    row.published = ArticleVersion.objects.create(article=row, number=1, title_en=f"About {slug}", body_en="Words")
    row.save()
    return row


def agree(portal, **values: Any) -> None:
    portal.organisation.agreement = Agreement.objects.create(name=f"Agreement {values}", **values)
    portal.organisation.save()
    portal.customer.refresh_from_db()


def close_the_portal(portal) -> None:
    portal.tenant.strangers = "invitation"
    portal.tenant.save()


# What each end is for each reader


def test_a_form_is_for_whom_the_topic_is_offered(in_scope):
    inside = TopicFactory(audience="signed_in", name_en="Inside")
    form = ends("form", topic=inside)

    assert turn(in_scope.customer, form).topic == inside
    assert turn(None, form).hindrance == Hindrance.SIGN_IN
    inside.is_active = False
    inside.save()
    assert turn(in_scope.customer, form).hindrance == Hindrance.NOT_FOR_THEM


def test_who_may_not_ask_is_sent_to_their_own_administrators(in_scope):
    form = ends("form", topic=in_scope.topic)
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta Local", phone="1")
    agree(in_scope, contact_limit=1)

    found = turn(in_scope.customer, form)

    assert (found.hindrance, found.topic) == (Hindrance.NOT_ENTITLED, None)
    assert [helper.name for helper in found.helpers] == ["Lotta Local"]
    assert turn(in_scope.agent, form).topic == in_scope.topic


def test_who_may_not_ask_does_not_call_either(in_scope, browse):
    call = ends("phone", words=("", "Dial 08-1"))
    in_scope.tenant.phone = "08-1"
    in_scope.tenant.save()
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta Local", phone="1")
    agree(in_scope, contact_limit=1)

    found = turn(in_scope.customer, call)

    assert (found.hindrance, found.phone, found.words) == (Hindrance.NOT_ENTITLED, None, "")
    assert [helper.name for helper in found.helpers] == ["Lotta Local"]
    for url in ("/", "/contact/", f"/contact/{call.pk}/", "/tickets/new/", "/whom-to-ask/", "/search/?q=phone"):
        assert "08-1" not in browse(in_scope, in_scope.customer).get(url).content.decode()
    in_scope.customer.is_named_contact = True
    in_scope.customer.save()
    assert turn(in_scope.customer, call).phone.number == "08-1"
    assert turn(in_scope.agent, call).phone.number == "08-1"


def test_strangers_of_a_closed_portal_sign_in_first(in_scope):
    form, phone = ends("form", topic=in_scope.topic), ends("phone")
    in_scope.tenant.phone = "08-1"
    close_the_portal(in_scope)
    assert turn(None, phone).phone.number == "08-1"
    agree(in_scope, shows_phone=False, is_active=False)

    assert turn(None, form).hindrance == turn(None, phone).hindrance == Hindrance.SIGN_IN


def test_an_article_is_for_whom_it_is_readable(in_scope):
    open_one, inside = ends("article", article=article("open")), ends("article", article=article("in", "staff"))

    assert turn(None, open_one).article.slug == "open"
    assert turn(None, inside).hindrance == Hindrance.SIGN_IN
    assert turn(in_scope.customer, inside).hindrance == Hindrance.NOT_FOR_THEM
    assert turn(in_scope.agent, inside).article.slug == "in"


def test_a_phone_is_only_for_whom_it_is_meant(in_scope):
    usual, other = ends("phone"), ends("phone", phone="08-2")
    in_scope.tenant.phone, in_scope.tenant.on_call_phone = "08-1", "070-1"
    in_scope.tenant.save()

    assert turn(in_scope.customer, usual).phone.number == "08-1"
    assert turn(in_scope.customer, usual).phone.on_call == "070-1"
    assert (turn(None, other).phone.number, turn(None, other).phone.on_call) == ("08-2", "")
    agree(in_scope, shows_phone=False)
    assert turn(in_scope.customer, usual).hindrance == Hindrance.NO_PHONE
    assert turn(in_scope.customer, other).hindrance == Hindrance.NO_PHONE


def test_mail_goes_to_the_portal_for_those_who_may(in_scope):
    usual, other = ends("mail"), ends("mail", mail_address="wishes@other.example")

    assert turn(None, usual).mail_address == in_scope.tenant.mail_address
    agree(in_scope, allows_mail=False)
    assert turn(in_scope.customer, usual).hindrance == Hindrance.NOT_ENTITLED
    assert turn(in_scope.customer, usual).advice.situation == "channel_closed"
    assert turn(in_scope.customer, other).mail_address == "wishes@other.example"
    spelled_out = ends("mail", mail_address=in_scope.tenant.mail_address.upper())
    assert turn(in_scope.customer, spelled_out).hindrance == Hindrance.NOT_ENTITLED


def test_a_departments_own_address_is_judged_like_the_portals(in_scope, other_portal):
    in_scope.department.mail_address = "Access@north.example"
    in_scope.department.save()
    words = AddressWords(email="hr@north.example", topic=in_scope.topic)
    add_address(actor=None, words=words)
    sent_as, received = (ends("mail", mail_address=at) for at in ("access@NORTH.example", "hr@north.example"))
    with tenant_scope(other_portal.tenant):
        add_address(actor=None, words=AddressWords(email="wishes@far.example", topic=other_portal.topic))
    theirs = ends("mail", mail_address="wishes@far.example")

    assert turn(in_scope.customer, received).mail_address == "hr@north.example"
    agree(in_scope, allows_mail=False)
    for answer in (sent_as, received):
        found = turn(in_scope.customer, answer)
        assert (found.hindrance, found.mail_address) == (Hindrance.NOT_ENTITLED, "")
    assert turn(in_scope.customer, theirs).mail_address == "wishes@far.example"
    assert turn(in_scope.agent, sent_as).mail_address


def test_an_address_that_takes_no_tickets_is_not_offered(in_scope, browse):
    own = ends("mail", words=("Skriv till oss", "Write to us by mail"))
    address = add_address(actor=None, words=AddressWords(email=in_scope.tenant.mail_address, topic=in_scope.topic))
    assert turn(None, own).mail_address
    retire_address(actor=None, address=address)

    assert turn(None, own).hindrance == turn(in_scope.customer, own).hindrance == Hindrance.NO_MAIL
    for reader in (None, in_scope.customer):
        page = Page(browse(in_scope, reader).get(reverse("contact_answer", args=[own.pk])))
        assert reverse("topics") in page.links()
        assert "Write to us by mail" not in page.text
        assert not [link for link in page.links() if link.startswith("mailto:")]
        table = Page(browse(in_scope, reader).get(reverse("contact")))
        assert reverse("contact_answer", args=[own.pk]) in table.links()
    told = {remark.words: remark.is_dead_end for remark in remarks_on(Guide())}
    assert [is_dead_end for words, is_dead_end in told.items() if "takes no tickets" in words] == [False]


def test_what_stands_at_an_end_is_read_by_those_who_get_there(in_scope):
    phone, own = (ends(end, words=("", "Dial 08-1")) for end in ("phone", "own_administrators"))
    in_scope.tenant.phone = "08-1"
    in_scope.tenant.save()

    assert turn(in_scope.customer, phone).words == "Dial 08-1"
    agree(in_scope, shows_phone=False)
    assert turn(in_scope.customer, phone).words == ""
    assert turn(None, own).words == turn(in_scope.customer, own).words == "Dial 08-1"


def test_ones_own_administrators_never_oneself(in_scope):
    own = ends("own_administrators")
    add_local_administrator(
        actor=None, organisation=in_scope.organisation, name="Anna herself", email=in_scope.customer.email
    )

    assert turn(None, own).hindrance == Hindrance.SIGN_IN
    assert turn(in_scope.customer, own).hindrance == Hindrance.NOBODY
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta", phone="1")
    assert [helper.name for helper in turn(in_scope.customer, own).helpers] == ["Lotta"]


def test_who_has_no_administrators_writes_to_us_if_they_may(in_scope, browse):
    own = ends("own_administrators")
    lone = UserFactory(email="lone@mail.example", verified_at=timezone.now())

    def ways(reader) -> list[str]:
        page = Page(browse(in_scope, reader).get(reverse("contact_answer", args=[own.pk])))
        return [way["href"] for way in page.marked("data-way")]

    assert ways(lone) == ways(in_scope.customer) == [reverse("topics")]
    agree(in_scope, contact_limit=1)
    assert ways(in_scope.customer) == []
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta", phone="1")
    assert ways(in_scope.customer) == []


def test_the_first_contact_at_the_provider_that_the_organisation_has(in_scope):
    answer = ends("provider_contact", contact_kinds=["success_manager", "account_manager"])
    any_kind = ends("provider_contact")

    assert turn(in_scope.customer, answer).hindrance == turn(UserFactory(), answer).hindrance == Hindrance.NOBODY
    for kind, name in (("account_manager", "Ada"), ("project_leader", "Pia")):
        set_provider_contact(actor=None, organisation=in_scope.organisation, kind=kind, name=name, email="", phone="1")
    assert [helper.name for helper in turn(in_scope.customer, answer).helpers] == ["Ada"]
    set_provider_contact(
        actor=None, organisation=in_scope.organisation, kind="success_manager", name="Siv", email="", phone="1"
    )
    assert [helper.name for helper in turn(in_scope.customer, answer).helpers] == ["Siv"]
    assert [helper.name for helper in turn(in_scope.customer, any_kind).helpers] == ["Ada"]


# The door


def test_a_form_needs_a_topic_and_no_other_end_keeps_one(in_scope):
    with pytest.raises(AnswerRefused, match="topic"):
        ends("form")
    assert not GuideAnswer.objects.exists()

    form = ends("form", topic=in_scope.topic)
    words = AnswerWords(label=("", "Now a phone"), end="phone")
    save_guide_answer(actor=None, question=form.question, answer=form, words=words, topic=in_scope.topic)
    assert not GuideTopic.objects.exists()


# The pages


def test_the_way_through_the_guide_is_one_page_a_step(in_scope, browse):
    what = save_question(actor=None, question=None, text=("Vad?", "What is it about?"))
    who = save_question(actor=None, question=None, text=("Vem?", "Who are you?"), explanation=("", "At work"))
    on = save_answer(actor=None, question=what, answer=None, words=AnswerWords(("", "Access"), leads_to=who))
    wish = save_answer(actor=None, question=what, answer=None, words=AnswerWords(("", "A wish"), leads_to=who))
    form = ends("form", who, in_scope.topic, words=("", "Say what the page shows"))
    client = browse(in_scope, in_scope.customer)

    first = Page(client.get(reverse("contact")))
    second = Page(client.get(reverse("contact_answer", args=[on.pk])))
    last = Page(client.get(reverse("contact_answer", args=[form.pk])))

    assert f"/contact/{on.pk}/" in first.links()
    assert "What is it about?" in first.text
    assert f"/contact/{form.pk}/" in second.links()
    assert "At work" in second.text
    assert "/tickets/new/fault/" in last.links()
    assert "Say what the page shows" in last.text
    assert f"/contact/{on.pk}/" in last.links()
    other_way = Page(client.get(reverse("contact_answer", args=[wish.pk])))
    assert f"/contact/{form.pk}/?via={wish.pk}" in other_way.links()
    back = Page(client.get(f"/contact/{form.pk}/?via={wish.pk}"))
    assert f"/contact/{wish.pk}/" in back.links()
    assert f"/contact/{on.pk}/" not in back.links()


def test_nothing_of_the_guide_is_reached_from_elsewhere(in_scope, other_portal, browse):
    own = ends("advice", words=("", "Ask a colleague"))
    stray = save_question(actor=None, question=None, text=("", "Nobody is asked this"))
    nowhere = ends("advice", stray, words=("", "Nobody reads this"))
    with tenant_scope(other_portal.tenant):
        theirs = ends("advice", words=("", "Their secret"))

    client = browse(in_scope)
    assert client.get(f"/contact/{own.pk}/").status_code == 200
    for pk in (nowhere.pk, theirs.pk, 10**17):
        assert client.get(f"/contact/{pk}/").status_code == 404
    assert "Their secret" not in client.get("/contact/").content.decode()
    assert client.get(f"/contact/{own.pk}/?via=x.1.{'9' * 400}").status_code == 200


def test_the_table_says_where_this_reader_turns(in_scope, browse):
    ends("form", topic=TopicFactory(audience="signed_in", name_en="Secret topic", slug="inside"))
    ends("article", article=article("secret", "staff"))
    ends("phone", examples=[("Allt står stilla", "Everything stands still")])
    in_scope.tenant.phone = "08-123"
    in_scope.tenant.save()

    guest = Page(browse(in_scope).get("/contact/"))
    customer = Page(browse(in_scope, in_scope.customer).get("/contact/"))

    assert "Secret topic" not in guest.text
    assert "About secret" not in guest.text + customer.text
    assert "Everything stands still" in guest.text
    assert "tel:08-123" in guest.links()
    assert "/tickets/new/inside/" in customer.links()
    assert len(customer.marked("data-guide-line")) == 3


def test_the_table_says_what_a_short_answer_answers(in_scope, browse):
    what = save_question(actor=None, question=None, text=("Vad?", "What is it about?"))
    project = save_question(actor=None, question=None, text=("Projekt?", "Is there a project?"))
    save_answer(actor=None, question=what, answer=None, words=AnswerWords(("", "A change"), leads_to=project))
    save_guide_answer(actor=None, question=project, answer=None, words=AnswerWords(("", "No"), end="phone"), topic=None)

    assert "A change › Is there a project? No" in Page(browse(in_scope).get("/contact/")).text


def test_a_way_that_ends_at_the_phone_says_it_once(in_scope, browse):
    call, write = ends("phone"), ends("advice", words=("", "Write it down"))
    in_scope.tenant.phone = "08-123"
    in_scope.tenant.save()
    client = browse(in_scope)

    for answer in (call, write):
        page = Page(client.get(reverse("contact_answer", args=[answer.pk])))
        assert [mark["data-phone"] for mark in page.marked("data-phone")] == ["office"]


def test_a_portal_without_a_guide_still_says_how_to_reach_it(in_scope, browse):
    page = Page(browse(in_scope).get("/contact/"))

    assert reverse("topics") in page.links()
    assert page.marked("data-guide-line") == []


def test_pages_ask_as_much_for_a_long_guide_as_for_a_short_one(in_scope, browse):
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta", phone="1")

    def grow(times: int) -> None:
        for number in range(times):
            ends("form", topic=TopicFactory())
            ends("article", article=article(f"a{Article.objects.count()}-{number}"))
            for end in ("phone", "mail", "own_administrators", "provider_contact"):
                ends(end, examples=[("Hur?", "How?")])

    def queries() -> int:
        client = browse(in_scope, in_scope.customer)
        client.get("/contact/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/contact/")
        return len(asked)

    grow(1)
    few = queries()
    grow(10)

    assert queries() == few
    assert sum(1 for _end in Guide().ends()) == 66
