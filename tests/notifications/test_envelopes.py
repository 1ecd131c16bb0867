"""Where an answer to a mail of ours goes, and where it goes when it comes back."""

from accounts.scoping import tenant_scope
from notifications.composing import compose
from notifications.models import Delivery, MailAddress, MailSettings
from notifications.tokens import delivery_answered, without_token
from tests.factories import make_ticket
from tests.notifications.conftest import told


def receive_at(portal, email: str, **more) -> MailAddress:
    address: MailAddress = MailAddress.objects.create(email=email, topic=portal.topic, **more)
    return address


def confirmation(portal) -> Delivery:
    make_ticket(requester=portal.customer, topic=portal.topic)
    told(portal.tenant)
    delivery: Delivery = Delivery.objects.with_story().filter(template="confirmation").latest("pk")
    return delivery


def test_an_answer_goes_to_an_address_that_names_the_very_mail(in_scope, other_portal):
    receive_at(in_scope, "support@north.example")
    delivery = confirmation(in_scope)
    letter = compose(delivery)

    assert letter.sender == "support@north.example"
    assert without_token(letter.reply_to) == without_token(letter.bounces_to) == letter.sender
    assert letter.reply_to != letter.bounces_to
    assert delivery_answered(letter.reply_to) == delivery_answered(letter.bounces_to) == delivery
    with tenant_scope(other_portal.tenant):
        assert delivery_answered(letter.reply_to) is None


def test_answers_go_to_the_department_where_its_address_takes_mail_else_to_the_portal(in_scope):
    department = in_scope.department
    department.mail_address = "fire@north.example"
    department.save()
    receive_at(in_scope, "support@north.example")
    delivery = confirmation(in_scope)

    assert without_token(compose(delivery).reply_to) == "support@north.example"
    address = receive_at(in_scope, "Fire@north.example")
    assert without_token(compose(delivery).reply_to) == "fire@north.example"
    address.retired_at = delivery.created_at
    address.save()
    assert without_token(compose(delivery).reply_to) == "support@north.example"
    assert compose(delivery).sender == "fire@north.example"


def test_where_the_mail_server_knows_no_plus_answers_bear_no_token(in_scope):
    receive_at(in_scope, "support@north.example")
    MailSettings.objects.create(answers_by_token=False)
    letter = compose(confirmation(in_scope))

    assert letter.reply_to == letter.bounces_to == "support@north.example"


def test_where_no_mail_comes_in_answers_go_to_whom_the_mail_is_from(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        receive_at(other_portal, "support@south.example")
    letter = compose(confirmation(in_scope))

    assert letter.reply_to == letter.bounces_to == letter.sender == "support@north.example"


def test_a_mail_about_an_account_is_no_ticket_to_answer(in_scope, send_all):
    from tests.factories import ask_for_password

    receive_at(in_scope, "support@north.example")
    ask_for_password(in_scope.customer.email)
    [taken] = send_all(in_scope.tenant)

    assert taken.mail["Reply-To"] == "support@north.example"
    assert delivery_answered(taken.sender).template == "password"
