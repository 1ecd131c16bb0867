"""What staff write in the help centre as their session ends is in its form again when they have signed in."""

from knowledge.models import Activity, Article, Occasion, Service, ServiceUpdate
from tests.factories import make_ticket
from tests.knowledge.booking import make_occasion
from tests.knowledge.known import make_article, make_service_message
from tests.pages import Page, snapshot
from tickets.actions.service_links import link_to_service_message

WORDS = "Typed before the session ended"


def fields_of(page: Page) -> dict[str, str]:
    return {name: value for form in page.forms for name, value in form["fields"].items()}


def sent_and_back(portal, browse, sent_to: str, page: str, said: dict[str, object]) -> dict[str, str]:
    """What stands in the forms of the page for an agent who sent it without a session and then signed in."""
    client = browse(portal)
    before = snapshot(without=("accounts.Session",))
    answer = client.post(sent_to, said)
    assert answer.url == f"/sign-in/?next={page}"
    assert snapshot(without=("accounts.Session",)) == before
    client.force_login(portal.agent, backend="accounts.backends.TenantBackend")
    shown = Page(client.get(page))
    assert "Nothing has been sent yet." in shown.text
    assert "Nothing has been sent yet." not in Page(client.get(page)).text  # once
    return fields_of(shown)


def test_a_new_service_message(in_scope, browse):
    said = {"title_en": WORDS, "body_en": "All of it.", "severity": "down", "starts_at": "2031-05-01T10:00"}

    back = sent_and_back(in_scope, browse, "/desk/service-messages/new/", "/desk/service-messages/new/", said)

    assert said.items() <= back.items()


def test_a_changed_service_message_also_what_was_taken_out(in_scope, browse):
    message, service = make_service_message("Slow"), Service.objects.create(name_en="Archive")
    message.affected.create(service=service)
    address = f"/desk/service-messages/{message.pk}/edit/"
    client = browse(in_scope, in_scope.agent)
    fields = fields_of(Page(client.get(address)))
    assert fields["services"] == str(service.pk)

    back = sent_and_back(in_scope, browse, address, address, {**fields, "title_en": "", "services": []})

    assert "services" not in back
    assert (back["title_en"], back["seen"]) == ("", fields["seen"])


def test_what_is_told_of_a_service_message(in_scope, browse):
    page = f"/desk/service-messages/{make_service_message('Slow').pk}/"

    for noun in ("updates/", "end/"):
        back = sent_and_back(in_scope, browse, f"{page}{noun}", page, {"text_en": WORDS})
        assert back["text_en"] == WORDS
    assert not ServiceUpdate.objects.filter(text_en=WORDS).exists()


def test_an_answer_to_all_tickets_about_it(in_scope, browse):
    message = make_service_message("Slow")
    page = f"/desk/service-messages/{message.pk}/tickets/"
    link_to_service_message(
        actor=in_scope.customer,
        ticket=make_ticket(requester=in_scope.customer, topic=in_scope.topic),
        message=message,
    )

    back = sent_and_back(in_scope, browse, f"/desk/service-messages/{message.pk}/answer/", page, {"body": WORDS})

    assert back["body"] == WORDS


def test_what_can_be_booked_and_when(in_scope, browse):
    occasion = make_occasion()
    for address, said in (
        ("/desk/booking/activities/new/", {"title_en": WORDS, "audience": "staff", "kind": "consultation"}),
        (f"/desk/booking/activities/{occasion.activity_id}/", {"title_en": WORDS, "body_en": "All of it."}),
        ("/desk/booking/new/", {"place": WORDS, "seats": "7"}),
        (f"/desk/booking/{occasion.pk}/edit/", {"place": WORDS, "seats": "7"}),
    ):
        assert said.items() <= sent_and_back(in_scope, browse, address, address, said).items()
    assert (Activity.objects.count(), Occasion.objects.get().place) == (1, "Room 4")


def test_an_article(in_scope, browse):
    known = make_article("printer", title_en="Printer")
    said = {"title_en": WORDS, "body_sv": "# Allt"}

    for address in ("/desk/help/new/", f"/desk/help/{known.pk}/"):
        assert said.items() <= sent_and_back(in_scope, browse, address, address, said).items()
    assert Article.objects.count() == 1
