"""The staff's pages about mails, and what a ticket's page says about its own."""

import pytest
from django.template import Context, Template

from accounts.scoping import tenant_scope
from helpdesk.environment import MailTransport
from notifications.actions.draining import drain
from notifications.enums import DeliveryState
from notifications.models import Delivery
from tests.factories import AgentFactory, MemberFactory, ask_for_password, make_ticket
from tests.notifications.conftest import told
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.timeline import Entry


@pytest.fixture
def ticket(in_scope, settings):
    """A ticket whose three mails are sent, and an account mail beside them."""
    settings.MAIL = MailTransport(kind="keep")
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    ask_for_password(in_scope.customer.email)
    drain(in_scope.tenant)
    return ticket


@pytest.fixture
def elsewhere(in_scope):
    """An agent of another department, who does not see the ticket."""
    agent = AgentFactory(email="elsewhere@north.example")
    MemberFactory(department=in_scope.other_department, user=agent)
    return agent


def mail_of(template: str) -> Delivery:
    delivery: Delivery = Delivery.objects.get(template=template)
    return delivery


def test_an_agent_sees_the_mails_of_the_tickets_they_see(in_scope, ticket, browse):
    page = browse(in_scope, in_scope.agent).get("/desk/mails/")
    assert page.context["page"].total == 4
    assert b'data-total="4"' in page.content
    assert {mail.template for mail in page.context["page"].items} == {"confirmation", "new_ticket", "password"}


def test_an_agent_sees_customers_account_mails_and_only_an_administrator_the_staffs(in_scope, ticket, browse):
    ask_for_password(in_scope.lead.email)
    drain(in_scope.tenant)
    staffs = Delivery.objects.get(template="password", recipient=in_scope.lead).pk
    for reader, total, status in ((in_scope.agent, 4, 404), (in_scope.administrator, 5, 200)):
        client = browse(in_scope, reader)
        assert client.get("/desk/mails/").context["page"].total == total
        assert client.get(f"/desk/mails/{staffs}/").status_code == status
        assert client.post(f"/desk/mails/{staffs}/again/").status_code == (302 if status == 200 else 404)


def test_an_agent_elsewhere_sees_none_and_opens_none(in_scope, ticket, elsewhere, browse):
    client = browse(in_scope, elsewhere)
    assert {mail.template for mail in client.get("/desk/mails/").context["page"].items} == {"password"}
    number = mail_of("confirmation").pk
    assert client.get(f"/desk/mails/{number}/").status_code == 404
    assert client.post(f"/desk/mails/{number}/again/").status_code == 404


def test_an_agent_learns_what_became_of_an_account_mail_and_never_what_it_says(in_scope, ticket, browse):
    number = mail_of("password").pk
    page = browse(in_scope, in_scope.agent).get(f"/desk/mails/{number}/")
    assert page.status_code == 200
    assert page.context["kept"] is None
    assert b"/password/" not in page.content
    assert b"Send again" in page.content


def test_strangers_and_customers_find_no_mails(in_scope, other_portal, ticket, browse):
    number = mail_of("confirmation").pk
    for path in ("/desk/mails/", f"/desk/mails/{number}/"):
        assert browse(in_scope, in_scope.customer).get(path).status_code == 404
        assert browse(in_scope).get(path).status_code == 302
    foreign = browse(other_portal, other_portal.administrator)
    assert foreign.get("/desk/mails/").context["page"].total == 0
    assert foreign.get(f"/desk/mails/{number}/").status_code == 404
    assert foreign.post(f"/desk/mails/{number}/again/").status_code == 404


def test_the_mail_itself_is_shown_to_administrators_only(in_scope, ticket, browse, settings):
    path = f"/desk/mails/{mail_of('confirmation').pk}/"
    shown = browse(in_scope, in_scope.administrator).get(path)
    assert "/t/" in shown.context["kept"]["text"]
    assert b"/t/" in shown.content
    hidden = browse(in_scope, in_scope.agent).get(path)
    assert hidden.context["kept"] is None
    assert b"/t/" not in hidden.content
    settings.MAIL = MailTransport(kind="smtp", host="localhost")
    assert browse(in_scope, in_scope.administrator).get(path).context["kept"] is None


def test_the_list_is_filtered_by_state_address_and_ticket_number(in_scope, ticket, browse):
    Delivery.objects.filter(recipient=in_scope.customer, template="confirmation").update(state="failed", sent_at=None)
    client = browse(in_scope, in_scope.administrator)

    def total(query: str) -> int:
        return client.get(f"/desk/mails/?{query}").context["page"].total

    assert [total(f"state={state}") for state in DeliveryState.values] == [0, 0, 3, 1, 0]
    assert total("q=ANNA@kund") == 2
    assert total("q=holm") == 2, "by name"
    assert [total(f"kind={kind}") for kind in ("confirmation", "new_ticket", "password", "code")] == [1, 2, 1, 0]
    assert total("kind=nonsense") == 4
    assert total("q=anna&kind=password&state=sent") == 1
    assert total("q=1001") == 3
    assert total("q=9999") == 0
    assert total("state=nonsense") == 4
    assert total("q=anna&state=failed") == 1
    tabs = {tab["key"]: tab for tab in client.get("/desk/mails/").context["states"]}
    assert {key: tab["count"] for key, tab in tabs.items()} == {
        "": 4,
        "queued": 0,
        "sent": 3,
        "failed": 1,
        "unknown": 0,
    }


@pytest.mark.parametrize("more", [0, 12])
def test_the_list_costs_the_same_with_one_mail_and_with_many(
    in_scope, ticket, browse, more, django_assert_max_num_queries
):
    for number in range(more):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"Number {number}")
    told(in_scope.tenant)
    client = browse(in_scope, in_scope.agent)
    with django_assert_max_num_queries(15):
        page = client.get("/desk/mails/")
    assert page.context["page"].total == 4 + 3 * more
    assert bool(page.context["page"].next_url) == (more > 0)


def test_send_again_from_the_page(in_scope, ticket, browse):
    Delivery.objects.filter(template="confirmation").update(state="failed", sent_at=None, trouble="recipient")
    delivery = mail_of("confirmation")
    client = browse(in_scope, in_scope.agent)
    path = f"/desk/mails/{delivery.pk}/again/"
    assert client.get(path).status_code == 405
    answer = client.post(path, {"next": "/desk/tickets/1001/"}, follow=True)
    assert answer.redirect_chain == [("/desk/tickets/1001/", 302)]
    assert "is sent again" in str(next(iter(answer.context["messages"])))
    assert mail_of("confirmation").state == "queued"
    again = client.post(path, {"next": "https://evil.example/"}, follow=True)
    assert again.redirect_chain == [(f"/desk/mails/{delivery.pk}/", 302)]
    assert mail_of("confirmation").repeats == 1


def test_a_failed_mail_is_shown_at_its_ticket_to_the_staff_only(in_scope, ticket, browse):
    Delivery.objects.filter(template="confirmation").update(
        state="failed", sent_at=None, trouble="recipient", server_reply="550 <script>"
    )
    path = f"/desk/mails/{mail_of('confirmation').pk}/again/"
    page = browse(in_scope, in_scope.agent).get("/desk/tickets/1001/").content.decode()
    assert path in page
    assert "The mail server refused this address. 550 &lt;script&gt;" in page
    assert path not in browse(in_scope, in_scope.customer).get("/tickets/1001/").content.decode()


def shown(reader, ticket, timeline) -> list[Delivery]:
    context = Context({"ticket": ticket, "timeline": timeline, "is_agent": reader.is_agent})
    Template("{% load deliveries %}{% deliveries_of ticket timeline as failed %}").render(context)
    return context["failed"]


def test_the_tag_gives_each_message_its_mails_in_one_query(in_scope, ticket, django_assert_num_queries):
    message = reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    drain(in_scope.tenant)
    first = ticket.messages.first()
    timeline = [Entry("message", message=first), Entry("event"), Entry("message", message=message)]
    with django_assert_num_queries(1):
        assert shown(in_scope.agent, ticket, timeline) == []
    assert sorted(mail.template for mail in timeline[0].deliveries) == ["confirmation", "new_ticket", "new_ticket"]
    assert [mail.template for mail in timeline[2].deliveries] == ["reply"]


def test_the_tag_tells_customers_nothing(in_scope, ticket, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert shown(in_scope.customer, ticket, []) == []


def test_the_tag_shows_no_other_tickets_mails(in_scope, other_portal, ticket):
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Other")
    drain(in_scope.tenant)
    Delivery.objects.update(state="failed", sent_at=None)
    assert len(shown(in_scope.agent, other, [])) == 3
    with tenant_scope(other_portal.tenant):
        assert shown(other_portal.agent, ticket, []) == []
