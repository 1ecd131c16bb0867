"""The addresses people write to, as administrators set them."""

import pytest

from accounts.scoping import tenant_scope
from notifications.actions.addressing import (
    AddressInUse,
    AddressRefused,
    AddressWords,
    add_address,
    remove_address,
    restore_address,
    retire_address,
    update_address,
)
from notifications.models import MailAddress, Mailbox
from notifications.receivers import addresses_not_received
from routing.models import Department
from tests.factories import AgentFactory, TopicFactory, UserFactory
from tests.pages import Page


def words(portal, email="info@north.example", **values):
    return AddressWords(email=email, **{"topic": portal.topic, **values})


@pytest.fixture
def address(in_scope):
    return add_address(actor=None, words=words(in_scope))


def test_an_address_says_what_its_mail_becomes(in_scope):
    made = add_address(
        actor=in_scope.administrator,
        words=words(in_scope, department=in_scope.other_department, priority="high", language="en"),
    )

    found = MailAddress.objects.get()
    assert found == made
    assert (found.key, found.priority, found.language) == ("info@north.example", "high", "en")
    assert found.department == in_scope.other_department
    assert add_address(actor=None, words=words(in_scope, "order@north.example")).priority == "low"


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("Info@North.Example", "taken"),
        ("agent@north.example", "person"),
        ("Anna@Kund.Example", "person"),
        ("agent@south.example", "elsewhere"),
        ("Support@south.example", "elsewhere"),
        ("anything@south.example", "elsewhere"),
        ("theirs@elsewhere.example", "elsewhere"),
        ("fire@elsewhere.example", "elsewhere"),
    ],
)
def test_nobody_elses_mail_is_claimed(in_scope, other_portal, address, email, why):
    with tenant_scope(other_portal.tenant):
        add_address(actor=None, words=words(other_portal, "theirs@elsewhere.example"))
        Department.objects.filter(pk=other_portal.department.pk).update(mail_address="fire@elsewhere.example")
    second = add_address(actor=None, words=words(in_scope, "second@north.example"))

    with pytest.raises(AddressRefused) as refused:
        add_address(actor=in_scope.administrator, words=words(in_scope, email))
    assert refused.value.why == why
    with pytest.raises(AddressRefused) as refused:
        update_address(actor=in_scope.administrator, address=second, words=words(in_scope, email))
    assert refused.value.why == why
    assert set(MailAddress.objects.values_list("email", flat=True)) == {address.email, second.email}


@pytest.mark.parametrize("email", ["support@north.example", "info@another-company.example", "left@kund.example"])
def test_what_is_nobodys_can_be_received(in_scope, email):
    UserFactory(email="left@kund.example", is_active=False)

    assert add_address(actor=None, words=words(in_scope, email)).email == email


def test_portals_at_one_domain_share_it(in_scope, other_portal):
    for number, portal in enumerate((in_scope, other_portal)):
        portal.tenant.mail_address = f"support{number}@shared.example"
        portal.tenant.save()

    assert add_address(actor=None, words=words(in_scope, "info@shared.example"))
    with pytest.raises(AddressRefused):
        add_address(actor=None, words=words(in_scope, "support1@shared.example"))


def test_only_administrators_decide(address, in_scope):
    for door, values in (
        (add_address, {"words": words(in_scope, "new@north.example")}),
        (update_address, {"address": address, "words": words(in_scope, priority="high")}),
        (retire_address, {"address": address}),
        (restore_address, {"address": address}),
        (remove_address, {"address": address}),
    ):
        with pytest.raises(PermissionError):
            door(actor=in_scope.lead, **values)
    assert MailAddress.objects.get().priority == "low"


def test_an_address_is_retired_with_words_and_comes_back(address):
    retired = retire_address(actor=None, address=address, words_sv="Skriv till order@.")
    since = retired.retired_at

    assert retired.is_retired
    assert retire_address(actor=None, address=address, words_sv="Ring.").retired_at == since
    back = restore_address(actor=None, address=address)
    assert not back.is_retired
    assert back.words_sv == "Ring."


def test_what_was_used_is_not_removed(address, in_scope):
    Mailbox.objects.create(name="Box", host="imap.example", username="x", address=address)

    with pytest.raises(AddressInUse):
        remove_address(actor=None, address=address)
    Mailbox.objects.all().delete()
    remove_address(actor=None, address=address)
    assert not MailAddress.objects.exists()


def test_addresses_people_answer_to_are_not_forgotten(address, in_scope):
    Department.objects.filter(pk=in_scope.department.pk).update(mail_address="Info@north.example")
    Department.objects.filter(pk=in_scope.other_department.pk).update(mail_address="field@north.example")

    assert addresses_not_received() == ["support@north.example", "field@north.example"]
    add_address(actor=None, words=words(in_scope, "Support@north.example"))
    assert addresses_not_received() == ["field@north.example"]


# -- pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.administrator)


def test_an_address_is_added_changed_and_retired_on_its_pages(client, in_scope, other_portal):
    page = Page(client.get("/settings/mail/"))
    assert page.main["data-total"] == "0"
    assert "support@north.example, but nothing says" in page.text
    form = Page(client.get("/settings/mail/addresses/new/?email=support@north.example")).form("/new/")
    assert form["email"] == "support@north.example"
    assert form["priority"] == "low"

    answer = client.post(
        "/settings/mail/addresses/new/", {**form, "topic": in_scope.topic.pk, "department": in_scope.department.pk}
    )
    made = MailAddress.objects.get()
    assert answer.url == f"/settings/mail/addresses/{made.pk}/"
    page = Page(client.get(answer.url))
    assert "Becomes a ticket about Fault report with low priority, in Service desk." in page.text
    client.post(answer.url, {**page.form(answer.url), "priority": "high", "department": ""})
    client.post(f"{answer.url}retirement/", {"words_en": "Use the portal."})
    made.refresh_from_db()
    assert (made.priority, made.department, made.words_en, made.is_retired) == ("high", None, "Use the portal.", True)
    page = Page(client.get("/settings/mail/"))
    assert page.main["data-total"] == "0"
    assert "1 retired address" in page.text
    client.post(f"{answer.url}return/")
    assert Page(client.get("/settings/mail/")).main["data-total"] == "1"
    client.post(f"{answer.url}removal/")
    assert not MailAddress.objects.exists()


def test_what_was_typed_is_kept_when_an_address_is_refused(client, in_scope):
    typed = {"email": "agent@north.example", "topic": in_scope.topic.pk, "priority": "high"}
    answer = client.post("/settings/mail/addresses/new/", typed)
    page = Page(answer)

    assert answer.status_code == 422
    assert "the own address of Elin Lund" in page.text
    assert page.form("/new/")["priority"] == "high"
    assert page.form("/new/")["topic"] == str(in_scope.topic.pk)


def test_no_topic_or_department_of_another_portal_is_taken(client, in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        theirs = TopicFactory()
        AgentFactory()
    for field, value in (("topic", theirs.pk), ("department", other_portal.department.pk)):
        typed = {"email": "a@north.example", "topic": in_scope.topic.pk, "priority": "low", field: value}
        assert client.post("/settings/mail/addresses/new/", typed).status_code == 422
    assert not MailAddress.objects.exists()


def test_the_list_asks_as_often_for_many_addresses(client, in_scope, django_assert_max_num_queries):
    for number in range(20):
        add_address(actor=None, words=words(in_scope, f"a{number}@north.example", department=in_scope.department))
    with django_assert_max_num_queries(18):
        assert Page(client.get("/settings/mail/")).main["data-total"] == "20"
