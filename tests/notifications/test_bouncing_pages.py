"""Where staff see that mails to somebody keep coming back, and say that the address works again."""

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.models import BouncingAddress
from tests.factories import make_ticket


@pytest.fixture
def bouncing(in_scope, other_portal) -> BouncingAddress:
    now = timezone.now()
    with tenant_scope(other_portal.tenant):
        BouncingAddress.objects.create(key="bo@kund.example", bounces=9, first_at=now, last_at=now)
    row: BouncingAddress = BouncingAddress.objects.create(
        key=in_scope.customer.email_key, bounces=2, first_at=now, last_at=now, words="550 no such <user>"
    )
    return row


def pages(portal, ticket) -> list[str]:
    return [f"/desk/people/{portal.customer.pk}/", f"/desk/tickets/{ticket.number}/"]


def test_it_is_shown_at_the_person_and_the_ticket_after_the_second_time(in_scope, bouncing, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client = browse(in_scope, in_scope.agent)
    for url in pages(in_scope, ticket):
        page = client.get(url).content.decode()
        assert 'data-bounces="2"' in page
        assert "550 no such &lt;user&gt;" in page

    BouncingAddress.objects.update(bounces=1)
    for url in pages(in_scope, ticket):
        assert "data-bounces" not in client.get(url).content.decode()
    customers = browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/").content.decode()
    assert "data-bounces" not in customers


def test_the_list_of_mails_names_the_addresses(in_scope, bouncing, browse):
    client = browse(in_scope, in_scope.agent)
    page = client.get("/desk/mails/").content.decode()
    assert 'data-bouncing="1"' in page
    assert "bo@kund.example" not in page

    BouncingAddress.objects.all().delete()
    assert "data-bouncing" not in client.get("/desk/mails/").content.decode()


def test_an_agent_says_that_the_address_works_again(in_scope, bouncing, browse):
    client = browse(in_scope, in_scope.agent)
    url = f"/desk/people/{in_scope.customer.pk}/mail/"
    done = client.post(url, {"next": "/desk/mails/"}, follow=True)

    assert done.redirect_chain[-1][0] == "/desk/mails/"
    assert "takes mail again" in done.content.decode()
    assert not BouncingAddress.objects.exists()
