"""Real workers: killed in the middle, two at once, stopped on the way. Whatever happens, all of a file or nothing."""

import signal
import threading

import pytest
from django.db import close_old_connections, connection, connections

from accounts.actions import import_work
from accounts.actions.import_work import put_down, work_on_imports
from accounts.actions.importing import order_import
from accounts.enums import ImportState
from accounts.models import AccountEvent, Import, Organisation, User
from accounts.scoping import tenant_scope
from tests.accounts.importing import checked, counts, uploaded
from tests.factories import OrganisationFactory
from tests.notifications.processes import DEADLINE, environment, wait_until, worker, worker_dying_at
from tests.pages import snapshot

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 1300  # three chunks
# What a worker writes besides, by the clock, when it lives long enough.
BESIDES = ("accounts.Import", "tickets.DailyFigures", "tickets.Recalculation")
CONTENT = "email,name,organisation\n" + "".join(f"p{number}@kund.example,P,Åby kommun\n" for number in range(PEOPLE))
READING = [
    ("accounts.actions.import_work:_claim", "after"),
    ("accounts.actions.import_work:Hold.note", "after"),
    ("accounts.actions.import_people:PeopleJudge.judge", "after"),
    ("accounts.actions.import_work:Hold.settle", "before"),
]
WRITING = [
    ("accounts.actions.import_work:_claim", "after"),
    ("accounts.actions.import_work:_packed", "before"),
    ("accounts.actions.import_work:_write_all", "before"),
    ("accounts.actions.import_people:PeopleWriter.write", "before"),
    ("accounts.actions.import_people:insert_rows", "after"),  # people without their events
    ("accounts.actions.import_people:PeopleWriter.write", "after"),  # one chunk of three
    ("accounts.actions.import_people:PeopleWriter.finish", "after"),  # all of them, not committed
    ("accounts.actions.import_work:Hold.settle", "after"),  # the same, said to be done
]


@pytest.fixture(autouse=True)
def _nothing_at_hand():
    yield
    import_work._at_hand = None


def names(steps: list[tuple[str, str]]) -> list[str]:
    return [f"{when} {step}" for step, when in steps]


def let_lease_run_out() -> None:
    Import.objects.filter(lease_until__isnull=False).update(lease_until="2026-01-01T00:00Z")


def is_over(found: Import, state: ImportState) -> bool:
    found.refresh_from_db()
    return found.state == state


@pytest.mark.parametrize(("step", "when"), READING, ids=names(READING))
def test_a_check_whose_worker_was_killed_is_taken_up_again(in_scope, tmp_path, step, when):
    found = uploaded(in_scope, CONTENT)
    before = snapshot(without=BESIDES)

    worker_dying_at(step, when, environment(1, tmp_path))
    found.refresh_from_db()
    assert found.state == ImportState.UPLOADED
    let_lease_run_out()
    work_on_imports()

    found.refresh_from_db()
    assert (found.state, counts(found), found.attempts) == (ImportState.CHECKED, (PEOPLE, 0, 0, 0), 0)
    assert snapshot(without=BESIDES) == before


@pytest.mark.parametrize(("step", "when"), WRITING, ids=names(WRITING))
def test_a_worker_killed_while_writing_leaves_nothing_and_the_next_writes_all(in_scope, tmp_path, step, when):
    found = checked(in_scope, CONTENT)
    order_import(actor=in_scope.administrator, import_=found)
    before = snapshot(without=BESIDES)

    worker_dying_at(step, when, environment(1, tmp_path))
    assert snapshot(without=BESIDES) == before
    assert not is_over(found, ImportState.DONE)
    let_lease_run_out()
    work_on_imports()

    assert is_over(found, ImportState.DONE)
    assert User.objects.filter(name="P").count() == PEOPLE
    assert AccountEvent.objects.filter(data__import=found.pk).count() == PEOPLE


def test_an_import_that_kills_every_worker_is_given_up(in_scope):
    found = uploaded(in_scope, CONTENT)
    for _death in range(import_work.ATTEMPTS):
        assert import_work._claim_next() is not None
        assert import_work._claim_next() is None, "nobody else takes it while the lease lasts"
        let_lease_run_out()
    work_on_imports()

    found.refresh_from_db()
    assert (found.state, found.trouble) == (ImportState.REFUSED, "interrupted")


def test_a_worker_that_is_asked_to_stop_lets_go_at_once(in_scope, tmp_path):
    found = uploaded(in_scope, CONTENT)
    asked = iter([True, True, False])

    work_on_imports(lambda: next(asked, False))

    found.refresh_from_db()
    assert (found.state, found.lease_until, found.attempts) == (ImportState.UPLOADED, None, 0)
    work_on_imports()
    assert is_over(found, ImportState.CHECKED)


def test_a_round_is_short_and_goes_on_where_it_was(in_scope):
    found = uploaded(in_scope, CONTENT)
    seen = []
    while work_on_imports(seconds=0):
        found.refresh_from_db()
        seen.append(found.rows_done)
        assert len(seen) < 50

    assert is_over(found, ImportState.CHECKED)
    assert [done for done in dict.fromkeys(seen) if done] == [500, 1000, 1300]


def test_a_round_leaves_the_import_to_itself_when_somebody_discards_it(in_scope):
    from accounts.actions.importing import discard_import

    found = uploaded(in_scope, CONTENT)
    assert work_on_imports(seconds=0)
    discard_import(actor=in_scope.administrator, import_=found)
    while work_on_imports(seconds=0):
        pass
    put_down()

    assert is_over(found, ImportState.DISCARDED)


def test_the_worker_process_does_imports_and_ends_cleanly(in_scope, tmp_path):
    found = uploaded(in_scope, CONTENT)
    with worker(environment(1, tmp_path)) as process:
        wait_until(lambda: is_over(found, ImportState.CHECKED), "the file checked")
        order_import(actor=in_scope.administrator, import_=found)
        wait_until(lambda: is_over(found, ImportState.DONE), "the file written")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    assert User.objects.filter(name="P").count() == PEOPLE


def test_two_workers_at_once_do_each_import_once(in_scope, other_portal, tmp_path):
    found = [uploaded(in_scope, CONTENT.replace("\np", f"\np{number}x")) for number in range(3)]
    with tenant_scope(other_portal.tenant):
        theirs = uploaded(other_portal, CONTENT)
    env = environment(1, tmp_path)
    with worker(env), worker(env):
        wait_until(lambda: all(is_over(one, ImportState.CHECKED) for one in found), "all checked")
        for one in found:
            order_import(actor=in_scope.administrator, import_=one)
        wait_until(lambda: all(is_over(one, ImportState.DONE) for one in found), "all written")
    with tenant_scope(other_portal.tenant):
        wait_until(lambda: is_over(theirs, ImportState.CHECKED), "theirs checked")
        assert not User.objects.filter(name="P").exists()
    assert [one.attempts for one in found] == [0, 0, 0]
    assert User.objects.filter(name="P").count() == 3 * PEOPLE


def in_threads(*works) -> list[BaseException]:
    troubles: list[BaseException] = []

    def run(work) -> None:
        try:
            work()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            close_old_connections()
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return troubles


@pytest.mark.parametrize("organisation", ["Åby kommun", ""], ids=["one waits for the other", "nothing to wait for"])
def test_two_administrators_who_import_the_same_file_at_once_make_each_person_once(in_scope, organisation):
    """Both checked it and both say "import": whoever comes second finds everybody there already."""
    content = CONTENT.replace("Åby kommun", organisation)
    found = [checked(in_scope, content) for _administrator in range(2)]
    for one in found:
        order_import(actor=in_scope.administrator, import_=one)
    works = []
    for one in found:
        hold = import_work._claim(one)
        one.refresh_from_db()
        works.append((one, hold))

    def write(one: Import, hold: import_work.Hold) -> None:
        with tenant_scope(in_scope.tenant):
            for _step in import_work._steps(one, hold):
                pass

    troubles = in_threads(*(lambda one=one, hold=hold: write(one, hold) for one, hold in works))

    assert troubles == []
    results = sorted((counts(one), is_over(one, ImportState.DONE)) for one in found if one.refresh_from_db() is None)
    assert results == [((0, 0, PEOPLE, 0), True), ((PEOPLE, 0, 0, 0), True)]
    assert User.objects.filter(name="P").count() == PEOPLE
    assert AccountEvent.objects.filter(kind="registered").count() == PEOPLE


@pytest.mark.only("postgresql")  # on SQLite nobody writes beside it
def test_the_last_place_goes_to_one_of_an_import_and_a_door(in_scope):
    from accounts.actions.contacts import name_contact
    from accounts.facts import NoPlaceLeft
    from accounts.queries.entitlement import places_taken
    from tests.factories import UserFactory

    for number in range(5):
        small = OrganisationFactory(name=f"Small {number}", contact_limit=1)
        rival = UserFactory(email=f"rival{number}@kund.example", organisation=small)
        found = checked(in_scope, f"email,organisation,named_contact\nlast{number}@kund.example,Small {number},yes\n")
        order_import(actor=in_scope.administrator, import_=found)

        def name(rival=rival) -> None:
            with tenant_scope(in_scope.tenant):
                try:
                    name_contact(actor=in_scope.agent, user=rival)
                except NoPlaceLeft:
                    return

        assert in_threads(work_on_imports, name) == []
        assert places_taken(Organisation.objects.get(pk=small.pk)) == 1
        found.refresh_from_db()
        assert found.state in (ImportState.DONE, ImportState.CHECKED)
        import_work._at_hand = None


def test_other_writers_wait_for_one_transaction_only(in_scope):
    """Reading the file keeps nobody waiting: no transaction is open between two steps."""
    found = checked(in_scope, CONTENT)
    order_import(actor=in_scope.administrator, import_=found)
    while work_on_imports(seconds=0):
        assert not connection.in_atomic_block
        User.objects.filter(pk=in_scope.agent.pk).update(phone="1")
    assert is_over(found, ImportState.DONE)
