"""A closed account: everything ends at once, and who may close whom (issue: deactivation ends everything)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.closing_accounts import LastAdministrator, close_account, reopen_account
from accounts.actions.people import set_role
from accounts.enums import AccountEventKind, ApplicationState, Role
from accounts.models import AccountEvent, Application, Invitation, Session, User
from accounts.scoping import tenant_scope
from tests.factories import AgentFactory, UserFactory
from tests.pages import Page


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_closing_ends_sessions_invitations_applications_and_the_place(portal, other_portal, browse):
    theirs = browse(portal, portal.customer)
    assert theirs.get("/tickets/").status_code == 200
    now = timezone.now()
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(
            is_named_contact=True, is_contact_person=True, sees_colleagues=True
        )
        Application.objects.create(user=portal.customer, created_at=now)
        Invitation.objects.create(user=portal.customer, created_at=now, expires_at=now)

    answer = browse(portal, portal.agent).post(f"/desk/people/{portal.customer.pk}/closure/", follow=True)

    assert "The account of Anna Holm is closed." in Page(answer).text
    with tenant_scope(portal.tenant):
        person = fresh(portal.customer)
        assert not person.is_active
        assert person.closed_at is not None
        assert not any((person.is_named_contact, person.is_contact_person, person.sees_colleagues))
        assert Invitation.objects.get().revoked_at is not None
        application = Application.objects.get()
        assert (application.state, application.decided_by) == (ApplicationState.REFUSED, portal.agent)
        assert Session.objects.filter(user=person).count() == 0
        event = AccountEvent.objects.get(kind=AccountEventKind.CLOSED)
        assert (event.actor, event.data) == (
            portal.agent,
            {"by": "staff", "was_named_contact": True, "was_let_in": True},
        )
    assert theirs.get("/tickets/").status_code == 302
    with tenant_scope(portal.tenant):
        assert not theirs.login(email=portal.customer.email, password="Correct-horse-7")


def test_closing_is_asked_first_and_says_what_ends(portal, other_portal, browse):
    page = Page(browse(portal, portal.agent).get(f"/desk/people/{portal.customer.pk}/closure/"))

    assert "signed out everywhere at once" in page.text
    with tenant_scope(portal.tenant):
        assert fresh(portal.customer).is_active


def test_closing_twice_is_closing_once(in_scope):
    first = close_account(actor=in_scope.agent, user=in_scope.customer)
    second = close_account(actor=in_scope.administrator, user=in_scope.customer)

    assert first.closed_at == second.closed_at
    assert AccountEvent.objects.filter(kind=AccountEventKind.CLOSED).count() == 1


def test_people_close_their_own_account(in_scope):
    close_account(actor=in_scope.customer, user=in_scope.customer)

    assert AccountEvent.objects.get(kind=AccountEventKind.CLOSED).data["by"] == "self"


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("agent", "customer", True),
        ("lead", "customer", True),
        ("administrator", "customer", True),
        ("agent", "lead", False),
        ("agent", "administrator", False),
        ("lead", "agent", False),
        ("administrator", "agent", True),
        ("customer", "agent", False),
        ("customer", "colleague", False),
    ],
)
def test_who_may_close_whom(in_scope, who, whom, may):
    actor = getattr(in_scope, who)
    person = UserFactory(organisation=in_scope.organisation) if whom == "colleague" else getattr(in_scope, whom)

    if may:
        close_account(actor=actor, user=person)
        reopen_account(actor=actor, user=person)
    else:
        for door in (close_account, reopen_account):
            with pytest.raises(PermissionError):
                door(actor=actor, user=person)
    assert fresh(person).is_active


def test_a_closed_agent_decides_nothing(in_scope):
    close_account(actor=in_scope.administrator, user=in_scope.agent)

    with pytest.raises(PermissionError):
        close_account(actor=in_scope.agent, user=in_scope.customer)


def test_the_last_administrator_stays(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        AgentFactory(role=Role.ADMINISTRATOR, is_active=False)  # of those who cannot sign in nobody counts
        for way in (
            lambda: close_account(actor=portal.administrator, user=portal.administrator),
            lambda: set_role(
                actor=AgentFactory.build(pk=0, role=Role.ADMINISTRATOR), user=portal.administrator, role=Role.AGENT
            ),
        ):
            with pytest.raises(LastAdministrator):
                way()
        assert fresh(portal.administrator).role == Role.ADMINISTRATOR
        second = AgentFactory(role=Role.ADMINISTRATOR)
        close_account(actor=second, user=portal.administrator)
        with pytest.raises(LastAdministrator):
            close_account(actor=second, user=second)


def test_the_page_says_why_the_last_administrator_stays(portal, other_portal, browse):
    answer = browse(portal, portal.administrator).post(f"/desk/people/{portal.administrator.pk}/closure/", follow=True)

    assert "the portal’s only administrator" in Page(answer).text.replace("'", "’")
    with tenant_scope(portal.tenant):
        assert fresh(portal.administrator).is_active


def test_an_account_that_is_opened_again_works_but_is_no_contact(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        User.objects.filter(pk=portal.customer.pk).update(is_named_contact=True)
        close_account(actor=portal.agent, user=portal.customer)

    browse(portal, portal.agent).post(f"/desk/people/{portal.customer.pk}/reopening/")

    with tenant_scope(portal.tenant):
        person = fresh(portal.customer)
        assert person.is_active
        assert person.closed_at is None
        assert not person.is_named_contact
        assert AccountEvent.objects.filter(kind=AccountEventKind.REOPENED, actor=portal.agent).count() == 1
        reopen_account(actor=portal.agent, user=person)
        assert AccountEvent.objects.filter(kind=AccountEventKind.REOPENED).count() == 1


def test_whoever_is_not_let_in_is_not_let_in_by_opening(in_scope):
    waiting = UserFactory(is_active=False)

    reopen_account(actor=in_scope.agent, user=waiting)

    assert not fresh(waiting).is_active


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_close_each_other_one_stays(portal, other_portal):
    with tenant_scope(portal.tenant):
        second = AgentFactory(role=Role.ADMINISTRATOR)
    pairs, barrier = [(portal.administrator, second), (second, portal.administrator)], Barrier(2)

    def close(pair: tuple[User, User]) -> bool:
        try:
            with tenant_scope(portal.tenant):
                connection.ensure_connection()
                barrier.wait(30)
                close_account(actor=pair[0], user=pair[1])
        except (LastAdministrator, PermissionError):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        closed = list(pool.map(close, pairs))

    assert sorted(closed) == [False, True]
    with tenant_scope(portal.tenant):
        assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1
