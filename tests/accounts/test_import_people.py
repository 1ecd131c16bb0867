"""People from a file: what each row comes to, that checking changes nothing, that writing is whole or nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.contacts import claim_place, name_contact
from accounts.actions.importing import NothingToImport, discard_import, forget_imports, order_import, upload_import
from accounts.actions.inviting import accept_invitation, invite_person
from accounts.actions.registering import register_person
from accounts.enums import ImportKind, ImportState
from accounts.facts import NoPlaceLeft
from accounts.models import AccountEvent, Import, Invitation, Organisation, User
from accounts.problems_in_words import remark_in_words
from accounts.queries.entitlement import places_taken
from accounts.queries.imports import places_taken_at
from accounts.scoping import tenant_scope
from tests.accounts.importing import checked, counts, imported, said, uploaded, warned
from tests.factories import OrganisationFactory, UserFactory
from tests.pages import snapshot

HEADER = "email,name,phone,language,organisation,named_contact,contact_person\n"


def people(*rows: str) -> str:
    return HEADER + "\n".join(rows) + "\n"


def person(address: str) -> User:
    return User.objects.get(email_key=address)


def kinds_of(user: User) -> list[str]:
    return list(AccountEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_checking_says_what_would_become_of_each_row_and_changes_nobody(in_scope):
    UserFactory(email="same@kund.example", name="Same", organisation=in_scope.organisation)
    before = snapshot(without=("accounts.Import",))

    found = checked(
        in_scope,
        people(
            "new@kund.example,New One,070,sv,Åby kommun,no,no",
            "ANNA@kund.example,Anna Berg,,,,,",
            "same@kund.example,Same,,,åby KOMMUN,no,",
            "nobody,X,,,,,",
        ),
    )

    assert found.state == ImportState.CHECKED
    assert counts(found) == (1, 1, 1, 1)
    assert (found.rows_total, found.rows_done) == (4, 4)
    assert said(found) == [(5, "email", "address_wrong")]
    assert snapshot(without=("accounts.Import",)) == before


def test_importing_writes_people_as_their_door_would(in_scope):
    found = imported(in_scope, people("New@Kund.example, New  One ,070-1,svenska,Åby kommun,ja,nej"))

    assert (found.state, counts(found)) == (ImportState.DONE, (1, 0, 0, 0))
    new = person("new@kund.example")
    assert (new.email, new.name, new.phone, new.language) == ("New@Kund.example", "New One", "070-1", "sv")
    assert (new.organisation, new.is_named_contact, new.is_contact_person) == (in_scope.organisation, True, False)
    assert new.is_active
    assert new.verified_at is None
    assert not new.has_usable_password()
    assert new.tenant == in_scope.tenant
    saved = User.objects.get(pk=new.pk)
    saved.save()
    assert (saved.email_key, saved.search_key) == (new.email_key, new.search_key), "as saving makes them"
    event = AccountEvent.objects.get(user=new)
    assert (event.kind, event.actor, event.data["import"]) == ("registered", in_scope.administrator, found.pk)


def test_a_row_like_one_a_door_makes_differs_in_nothing(in_scope):
    made, _new = register_person(actor=in_scope.administrator, email="door@kund.example", name="Door")
    imported(in_scope, people("file@kund.example,File,,,,,"))
    from_file = person("file@kund.example")

    same = [
        field.attname
        for field in User._meta.concrete_fields
        if field.attname not in ("id", "email", "email_key", "name", "search_key", "password", "created_at")
    ]
    assert {name: getattr(made, name) for name in same} == {name: getattr(from_file, name) for name in same}
    assert len(from_file.password) > 20
    assert from_file.password.startswith("!")


def test_a_known_person_is_changed_where_the_file_says_something_else(in_scope):
    other = OrganisationFactory(name="Brf Tallen")
    anna = in_scope.customer
    anna.phone, anna.is_named_contact, anna.sees_colleagues = "08-1", True, True
    anna.save()

    imported(in_scope, people(f"{anna.email},Anna Berg,,en,Brf Tallen,,yes"))

    anna.refresh_from_db()
    assert (anna.name, anna.phone, anna.language) == ("Anna Berg", "08-1", "en")
    assert anna.organisation == other
    assert (anna.is_named_contact, anna.is_contact_person, anna.sees_colleagues) == (False, True, False)
    assert anna.search_key == "anna berg anna@kund.example"
    assert kinds_of(anna) == ["details_changed", "moved", "contact_changed"]
    moved = AccountEvent.objects.get(user=anna, kind="moved")
    assert (moved.data["from"], moved.data["to"]) == ("Åby kommun", "Brf Tallen")


def test_empty_cells_and_missing_columns_change_nothing(in_scope):
    anna = in_scope.customer
    anna.phone, anna.is_named_contact = "08-1", True
    anna.save()

    assert counts(checked(in_scope, people(f"{anna.email},,,,,,"))) == (0, 0, 1, 0)
    assert counts(checked(in_scope, f"e-post\n{anna.email}\n")) == (0, 0, 1, 0)


def test_the_same_file_again_changes_nothing(in_scope):
    content = people("a@kund.example,A,1,sv,Åby kommun,yes,yes", "b@kund.example,B,,,,,")
    imported(in_scope, content)
    before = snapshot(without=("accounts.Import",))

    again = checked(in_scope, content)

    assert counts(again) == (0, 0, 2, 0)
    with pytest.raises(NothingToImport):
        order_import(actor=in_scope.administrator, import_=again)
    assert snapshot(without=("accounts.Import",)) == before


WRONG = [
    (",Name,,,,,", "email", "address_missing"),
    ("not an address,,,,,,", "email", "address_wrong"),
    ("a@b,,,,,,", "email", "address_wrong"),
    ("Anna <a@kund.example>,,,,,,", "email", "address_wrong"),
    (f"{'x' * 250}@kund.example,,,,,,", "email", "address_wrong"),
    ("annа@kund.example,,,,,,", "email", "address_letter"),  # the last а is Cyrillic
    (f"x@kund.example,{'n' * 121},,,,,", "name", "too_long"),
    (f"x@kund.example,,{'1' * 41},,,,", "phone", "too_long"),
    ("x@kund.example,,,fi,,,", "language", "language"),
    ("x@kund.example,,,,Nowhere Ltd,,", "organisation", "unknown_organisation"),
    ("x@kund.example,,,,,yes,", "named_contact", "no_organisation"),
    ("x@kund.example,,,,,,yes", "contact_person", "no_organisation"),
    ("x@kund.example,,,,,maybe,", "named_contact", "yes_or_no"),
    ("admin@north.example,,,,,,", "email", "staff"),
    ("gone@kund.example,,,,,,", "email", "closed"),
    ("x@kund.example,a\x00b,,,,,", "name", "character"),
    ("x@kund.example,A", "", "cells"),
    ("x@kund.example,A,,,,,,extra", "", "cells"),
]


@pytest.mark.parametrize(("row", "column", "code"), WRONG, ids=[code for _row, _column, code in WRONG])
def test_every_wrong_row_is_named_with_what_to_do(in_scope, row, column, code):
    UserFactory(email="gone@kund.example", is_active=False, closed_at="2026-01-01T00:00Z")

    found = checked(in_scope, people("fine@kund.example,,,,,,", row))

    assert said(found) == [(3, column, code)]
    assert counts(found) == (1, 0, 0, 1)
    words = remark_in_words(found.problems[0])
    assert len(words) > 30
    assert "%(" not in words


def test_all_that_is_wrong_with_a_row_is_said_at_once(in_scope):
    found = checked(in_scope, people("x,,,fi,Nowhere,perhaps,"))

    assert {code for _row, _column, code in said(found)} == {
        "address_wrong",
        "language",
        "unknown_organisation",
        "yes_or_no",
    }
    assert found.rows_wrong == 1


def test_an_address_that_stands_twice_is_told_with_the_other_row(in_scope):
    found = checked(in_scope, people("a@kund.example,A,,,,,", "b@kund.example,,,,,,", "A@KUND.example,B,,,,,"))

    assert said(found) == [(4, "email", "twice")]
    assert "row 2" in remark_in_words(found.problems[0])


def test_an_unknown_organisation_is_told_with_the_one_that_is_spelled_nearly_so(in_scope):
    OrganisationFactory(name="Håbo kommun")

    found = checked(in_scope, people("a@kund.example,,,,Habo kommun,,"))

    assert said(found) == [(2, "organisation", "unknown_organisation")]
    assert "Håbo kommun" in remark_in_words(found.problems[0])


def test_what_should_be_looked_at_is_said_and_stands_in_nobodys_way(in_scope):
    UserFactory(email="waits@kund.example", is_active=False)

    found = imported(
        in_scope,
        "email,name,shoe size\nx@kuпd.example,X,44\nwaits@kund.example,Wanda,\n",
    )

    assert found.state == ImportState.DONE
    assert warned(found) == [(1, "unknown_column"), (2, "mixed_alphabets"), (3, "not_let_in")]
    assert all(len(remark_in_words(remark)) > 20 for remark in found.warnings)
    waits = person("waits@kund.example")
    assert (waits.name, waits.is_active) == ("Wanda", False)


# -- contact places ------------------------------------------------------------------------------------------------


@pytest.fixture
def small(in_scope) -> Organisation:
    """An organisation with two places, one taken and one promised."""
    organisation = OrganisationFactory(name="Small", contact_limit=3)
    taken = UserFactory(email="taken@small.example", organisation=organisation)
    name_contact(actor=in_scope.agent, user=taken)
    invite_person(
        actor=in_scope.agent, email="promised@small.example", organisation=organisation, is_named_contact=True
    )
    return organisation


def test_no_more_contacts_are_named_than_there_are_places(in_scope, small):
    found = checked(
        in_scope,
        people("a@small.example,,,,Small,yes,", "b@small.example,,,,Small,yes,", "c@small.example,,,,Small,no,"),
    )

    assert said(found) == [(3, "named_contact", "no_place")]
    assert found.problems[0]["values"] == {"organisation": "Small", "limit": 3}

    order_import(actor=in_scope.administrator, import_=found, leaves_out_wrong=True)
    from accounts.actions.import_work import work_on_imports

    work_on_imports()
    assert places_taken(small) == 3
    assert not User.objects.filter(email_key="b@small.example").exists()
    with pytest.raises(NoPlaceLeft):
        claim_place(small)


def test_a_row_that_frees_a_place_makes_room_for_those_below(in_scope, small):
    rows = ["a@small.example,,,,Small,yes,", "taken@small.example,,,,,no,", "b@small.example,,,,Small,yes,"]

    assert said(checked(in_scope, people(*rows))) == []
    assert said(checked(in_scope, people(rows[0], rows[2], rows[1]))) == [(3, "named_contact", "no_place")]

    imported(in_scope, people(*rows))
    assert places_taken(small) == 3


def test_whoever_moves_frees_their_place(in_scope, small):
    rows = ["taken@small.example,,,,Åby kommun,,", "a@small.example,,,,Small,yes,", "b@small.example,,,,Small,yes,"]

    found = imported(in_scope, people(*rows))

    assert found.state == ImportState.DONE
    assert places_taken(small) == 3
    assert not person("taken@small.example").is_named_contact


def test_who_was_invited_to_be_a_contact_has_a_place_already(in_scope, small):
    imported(in_scope, people("a@small.example,,,,Small,yes,"))

    found = imported(in_scope, people("promised@small.example,Prim,,,Small,yes,"))

    assert found.state == ImportState.DONE
    assert places_taken(small) == 3
    promised = person("promised@small.example")
    assert (promised.is_active, promised.is_named_contact) == (False, True)
    accept_invitation(actor=promised, invitation=promised.invitations.get())
    assert places_taken(small) == 3


def test_places_are_counted_for_many_as_for_one(in_scope, small):
    UserFactory(email="x@small.example", organisation=small, is_named_contact=True, is_active=False)
    invite_person(
        actor=in_scope.agent,
        email="y@small.example",
        organisation=in_scope.organisation,
        is_named_contact=True,
    )
    organisations = [small, in_scope.organisation]

    assert places_taken_at([one.pk for one in organisations]) == {one.pk: places_taken(one) for one in organisations}


# -- invitations ---------------------------------------------------------------------------------------------------


def test_new_people_may_be_invited_and_are_let_in_when_they_accept(in_scope, small):
    imported(in_scope, people("new@small.example,New,,,Small,yes,no"), sends_invitations=True)

    new = person("new@small.example")
    assert not new.is_active
    assert kinds_of(new) == ["registered", "invited"]
    invitation = Invitation.objects.get(user=new)
    assert AccountEvent.objects.get(user=new, kind="invited").data["invitation"] == invitation.pk
    assert invitation.organisation == small
    assert invitation.is_named_contact
    assert places_taken(small) == 3, "one place for a person who is invited and named"
    accept_invitation(actor=new, invitation=invitation)
    assert person("new@small.example").is_active
    assert places_taken(small) == 3


def test_people_who_are_known_are_not_invited(in_scope):
    imported(in_scope, people(f"{in_scope.customer.email},Anna Berg,,,,,"), sends_invitations=True)

    assert not Invitation.objects.exists()
    assert person(in_scope.customer.email).is_active


# -- whole or nothing ----------------------------------------------------------------------------------------------


def test_wrong_rows_stop_an_import_unless_they_are_left_out(in_scope):
    found = checked(in_scope, people("a@kund.example,,,,,,", "wrong,,,,,,"))

    with pytest.raises(NothingToImport):
        order_import(actor=in_scope.administrator, import_=found)
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED

    done = imported(in_scope, people("a@kund.example,,,,,,", "wrong,,,,,,"), leaves_out_wrong=True)
    assert (done.state, counts(done)) == (ImportState.DONE, (1, 0, 0, 1))
    assert User.objects.filter(email_key="a@kund.example").exists()


@pytest.mark.parametrize("leaves_out", [False, True])
def test_what_got_in_the_way_since_the_check_is_told_and_nothing_is_written(in_scope, leaves_out):
    rows = [f"p{number}@kund.example,P,,,Åby kommun,," for number in range(1200)]
    found = checked(in_scope, people(*rows, *(["wrong,,,,,,"] if leaves_out else [])))
    UserFactory(email="p1100@kund.example", role="agent")
    before = snapshot(without=("accounts.Import",))

    order_import(actor=in_scope.administrator, import_=found, leaves_out_wrong=leaves_out)
    from accounts.actions.import_work import work_on_imports

    work_on_imports()
    found.refresh_from_db()

    assert snapshot(without=("accounts.Import",)) == before
    assert (found.state, found.was_overtaken) == (ImportState.CHECKED, True)
    assert (1102, "email", "staff") in said(found)
    order_import(actor=in_scope.administrator, import_=found, leaves_out_wrong=True)
    work_on_imports()
    found.refresh_from_db()
    assert (found.state, found.rows_new) == (ImportState.DONE, 1199)


def test_somebody_who_registered_meanwhile_is_a_known_person_then(in_scope):
    found = checked(in_scope, people("new@kund.example,New,,,,,", "other@kund.example,,,,,,"))
    register_person(actor=None, email="new@kund.example", name="Registered")

    order_import(actor=in_scope.administrator, import_=found)
    from accounts.actions.import_work import work_on_imports

    work_on_imports()
    found.refresh_from_db()

    assert (found.state, counts(found)) == (ImportState.DONE, (1, 1, 0, 0))
    assert person("new@kund.example").name == "New"


def test_only_the_first_thousand_problems_are_kept_and_all_are_counted(in_scope):
    found = checked(in_scope, people(*(f"wrong{number},,,,,," for number in range(1500))))

    assert (len(found.problems), found.problems_total, found.rows_wrong) == (1000, 1500, 1500)


def test_an_unreadable_file_is_refused_with_the_reason(in_scope):
    for content, trouble in (
        ("", "empty"),
        (HEADER, "no_rows"),
        ("name,phone\nA,1\n", "missing_column"),
        ("email,E-post,name\na@b.example,,\n", "double_column"),
        (b"PK\x03\x04....", "workbook"),
    ):
        found = checked(in_scope, content)
        assert (found.state, found.trouble) == (ImportState.REFUSED, trouble)


def test_another_encoding_is_recognised_and_shown_by_some_words(in_scope):
    found = checked(in_scope, "e-post;namn;organisation\na@kund.example;Åsa Öberg;Åby kommun\n".encode("cp1252"))

    assert (found.encoding, found.separator) == ("cp1252", ";")
    assert found.sample == ["Åsa", "Öberg", "Åby"]
    assert counts(found) == (1, 0, 0, 0)


# -- who, and which portal -----------------------------------------------------------------------------------------


def test_only_administrators_bring_in_order_and_discard(in_scope):
    found = checked(in_scope, people("a@kund.example,,,,,,"))
    for nobody in (in_scope.agent, in_scope.lead, in_scope.customer):
        with pytest.raises(PermissionError):
            order_import(actor=nobody, import_=found)
        with pytest.raises(PermissionError):
            discard_import(actor=nobody, import_=found)
        with pytest.raises(PermissionError):
            upload_import(actor=nobody, kind=ImportKind.PEOPLE, file=found.file)


def test_other_portals_organisations_and_people_are_unknown(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        OrganisationFactory(name="Theirs")
        UserFactory(email="theirs@kund.example", name="Theirs", role="agent")
        before = snapshot()

    found = checked(in_scope, people("theirs@kund.example,Mine,,,,,", "b@kund.example,,,,Theirs,,"))

    assert said(found) == [(3, "organisation", "unknown_organisation")]
    assert found.problems[0]["values"]["nearest"] == ""
    order_import(actor=in_scope.administrator, import_=found, leaves_out_wrong=True)
    from accounts.actions.import_work import work_on_imports

    work_on_imports()
    with tenant_scope(other_portal.tenant):
        assert User.objects.get(email_key="theirs@kund.example").name == "Theirs"
        after = snapshot()
    theirs = [row for row in before["accounts.User"] if row not in after["accounts.User"]]
    assert theirs == []


def test_a_file_is_ordered_once_and_discarded_only_before(in_scope):
    found = checked(in_scope, people("a@kund.example,,,,,,"))

    assert order_import(actor=in_scope.administrator, import_=found)
    assert not order_import(actor=in_scope.administrator, import_=found)
    assert not discard_import(actor=in_scope.administrator, import_=found)


def test_a_discarded_file_is_not_worked_on(in_scope):
    found = uploaded(in_scope, people("a@kund.example,,,,,,"))
    discard_import(actor=in_scope.administrator, import_=found)
    from accounts.actions.import_work import work_on_imports

    work_on_imports()

    found.refresh_from_db()
    assert found.state == ImportState.DISCARDED
    assert not User.objects.filter(email_key="a@kund.example").exists()


def test_files_are_forgotten_when_they_are_not_needed_any_more(in_scope):
    done = imported(in_scope, people("a@kund.example,,,,,,", "wrong,,,,,,"), leaves_out_wrong=True)
    waiting = checked(in_scope, people("b@kund.example,,,,,,"))
    storage, names = done.file.storage, (done.file.name, waiting.file.name)

    assert forget_imports() == 1
    assert [storage.exists(name) for name in names] == [False, True]

    Import.objects.filter(pk=waiting.pk).update(created_at="2026-01-01T00:00Z")
    Import.objects.filter(pk=done.pk).update(ended_at="2026-01-01T00:00Z")
    assert forget_imports() == 1
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert waiting.state == ImportState.DISCARDED
    assert not storage.exists(names[1])
    assert (done.problems, done.rows_new, done.problems_total) == ([], 1, 1)


# -- out and in again ----------------------------------------------------------------------------------------------

NAMES = st.text(st.one_of(st.sampled_from("=+-@'\";,\t\n\r åÅ\u202e\u200b"), st.characters(codec="utf-8")), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(NAMES.map(lambda text: text.replace("\x00", "")), min_size=1, max_size=4),
    phone=NAMES.map(lambda text: text.replace("\x00", "")),
    language=st.sampled_from(["sv", "en", ""]),
    local=st.sampled_from(["=cmd", "+1", "-x", "'a", "'=b", "åsa"[1:]]),
    reader=st.sampled_from(["sv", "en"]),
)
def test_people_who_leave_as_a_file_come_back_unchanged(in_scope, browse, names, phone, language, local, reader):
    User.objects.filter(email_key__endswith="@out.example").delete()
    for number, name in enumerate(names):
        UserFactory(
            email=f"{local}{number}@out.example",
            name=name,
            phone=phone,
            language=language,
            organisation=in_scope.organisation if number % 2 else None,
            is_contact_person=number % 2 == 1,
            password=None,
        )
    client = browse(in_scope, in_scope.agent)
    client.cookies["language"] = reader

    content = client.get("/desk/people/export.csv").getvalue()

    found = checked(in_scope, content)
    assert (found.state, said(found), found.separator) == (ImportState.CHECKED, [], {"sv": ";", "en": ","}[reader])
    assert counts(found) == (0, 0, len(names) + 1, 0)
