"""The pages an import is made on; all of it works without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions.import_work import work_on_imports
from accounts.enums import ImportState
from accounts.models import Import, Invitation, Organisation, User
from accounts.queries.imports import imports_seen_by
from accounts.scoping import tenant_scope
from tests.accounts.importing import checked, uploaded
from tests.pages import Page

CONTENT = "email,name\na@kund.example,A\nb@kund.example,B\nwrong,C\n"


def send(client, content: str | bytes, kind: str = "people", **more):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(f"/desk/{kind}/import/", {"file": SimpleUploadedFile("../lista.csv", raw), **more})


@pytest.fixture
def client(portal, other_portal, browse):
    return browse(portal, portal.administrator)


def test_an_administrator_brings_in_a_file_from_upload_to_done(portal, client):
    page = Page(client.get("/desk/people/import/"))
    assert "named contact" in page.text
    answer = send(client, CONTENT)
    found_at = answer.headers["Location"]

    waiting = client.get(found_at)
    assert "The file is being checked" in Page(waiting).text
    assert f'hx-get="{found_at}"' in waiting.content.decode()
    work_on_imports()

    result = Page(client.get(found_at))
    assert "This is what would be imported" in result.text
    assert "lista.csv" in result.text
    assert "“wrong” is no mail address" in result.text
    assert result.main["data-total"] == "1"
    fields = result.form("/order/")
    refused = client.post(f"{found_at}order/", fields)
    assert refused.status_code == 422
    assert "Some rows are wrong" in Page(refused).text
    client.post(f"{found_at}order/", {**fields, "leaves_out_wrong": "on", "sends_invitations": "on"})
    assert "The rows are being imported" in Page(client.get(found_at)).text
    work_on_imports()

    done = Page(client.get(found_at))
    assert "The rows are imported" in done.text
    assert "Left out" in done.text
    with tenant_scope(portal.tenant):
        assert User.objects.filter(email_key__in=("a@kund.example", "b@kund.example")).count() == 2
        assert Invitation.objects.count() == 2
    assert "lista.csv" in Page(client.get("/desk/imports/")).text
    assert Page(client.get("/desk/imports/")).main["data-total"] == "1"


def test_the_page_that_looks_after_itself_is_told_when_it_is_over(portal, client):
    with tenant_scope(portal.tenant):
        found = uploaded(portal, CONTENT)
    address = f"/desk/imports/{found.pk}/"

    part = client.get(address, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert "about to be read" in part.content.decode()
    with tenant_scope(portal.tenant):
        Import.objects.filter(pk=found.pk).update(rows_total=20000, rows_done=1500)
    part = client.get(address, headers={"hx-request": "true"})
    assert 'value="1500"' in part.content.decode()
    assert "1,500 of 20,000 rows read" in part.content.decode()
    work_on_imports()

    assert client.get(address, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_organisations_are_brought_in_the_same_way(portal, client):
    found_at = send(client, "namn;domäner\nBrf Tallen;tallen.example\n", "organisations").headers["Location"]
    work_on_imports()
    page = Page(client.get(found_at))
    assert "Send each new person" not in page.text
    client.post(f"{found_at}order/", page.form("/order/"))
    work_on_imports()

    with tenant_scope(portal.tenant):
        assert Organisation.objects.get(name="Brf Tallen").domains.get().domain == "tallen.example"


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(client):
    found_at = send(client, b"PK\x03\x04" + bytes(100)).headers["Location"]
    work_on_imports()

    page = Page(client.get(found_at))

    assert "The file could not be read" in page.text
    assert "CSV UTF-8" in page.text


def test_a_guessed_encoding_is_said_with_words_to_check_it_by(client):
    found_at = send(client, "e-post;namn\na@kund.example;Åsa Öberg\n".encode("cp1252")).headers["Location"]
    work_on_imports()

    page = Page(client.get(found_at))

    assert "read as Windows-1252" in page.text
    assert "Åsa, Öberg" in page.text
    assert "semicolon" in page.text


def test_no_file_and_too_large_a_file_are_told_at_once(portal, client, settings):
    assert client.post("/desk/people/import/", {}).status_code == 422
    settings.ATTACHMENT_LIMIT_MB = 1
    large = send(client, b"email\n" + b"a@b.example\n" * 200_000)

    assert large.status_code == 422
    assert "larger than 1 MB" in Page(large).text
    with tenant_scope(portal.tenant):
        assert not Import.objects.exists()


def test_an_empty_file_is_told_like_any_other_unreadable_one(client):
    found_at = send(client, b"").headers["Location"]
    work_on_imports()

    assert "The file is empty" in Page(client.get(found_at)).text


def test_problems_are_shown_by_the_hundred_and_leave_as_a_file(portal, client):
    with tenant_scope(portal.tenant):
        found = checked(portal, "email\n" + "".join(f"wrong{number}\n" for number in range(1100)))
    address = f"/desk/imports/{found.pk}/"

    first, second = Page(client.get(address)), Page(client.get(f"{address}?page=2"))
    assert "1,100 in all; the first 1,000 are listed" in first.text
    assert "“wrong99”" in first.text
    assert "“wrong100”" not in first.text
    assert "“wrong100”" in second.text
    assert client.get(f"{address}?page=nonsense").status_code == 200
    lines = client.get(f"{address}problems.csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 1001
    assert lines[1].startswith("2,email,")


def test_cells_are_shown_as_text_and_never_run(portal, client):
    with tenant_scope(portal.tenant):
        found = checked(portal, "email,<b>x</b>\n<script>alert(1)</script>,1\n")

    content = client.get(f"/desk/imports/{found.pk}/").content.decode()

    assert "<script>alert" not in content
    assert "&lt;script&gt;alert" in content
    assert "<b>x</b>" not in content


def test_a_file_is_discarded_from_its_page(portal, client):
    with tenant_scope(portal.tenant):
        found = checked(portal, CONTENT)

    answer = client.post(f"/desk/imports/{found.pk}/removal/")

    assert answer.headers["Location"] == "/desk/people/import/"
    found.refresh_from_db()
    assert found.state == ImportState.DISCARDED
    assert "was discarded" in Page(client.get(f"/desk/imports/{found.pk}/")).text


def test_ordering_twice_and_ordering_what_is_over_changes_nothing(portal, client):
    with tenant_scope(portal.tenant):
        found = checked(portal, "email\na@kund.example\n")
    for _press in range(2):
        answer = client.post(f"/desk/imports/{found.pk}/order/", {})
        assert answer.status_code == 302
    work_on_imports()
    client.post(f"/desk/imports/{found.pk}/order/", {})

    found.refresh_from_db()
    assert (found.state, found.rows_new) == (ImportState.DONE, 1)


@pytest.mark.parametrize("kind", ["people", "organisations"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_example_is_a_file_that_can_be_imported(portal, other_portal, browse, kind, language):
    client = browse(portal, portal.administrator, language)
    content = client.get(f"/desk/{kind}/import/example.csv").getvalue()
    with tenant_scope(portal.tenant):
        from accounts.actions.agreeing import add_agreement

        add_agreement(actor=None, values={"name": "Standard"})
        found = checked(portal, content, kind)

        assert (found.state, found.rows_wrong, found.rows_total, found.warnings) == (ImportState.CHECKED, 0, 2, [])
        assert len(found.columns) in (6, 7)


@pytest.mark.parametrize("path", ["people/import/", "organisations/import/", "imports/"])
def test_only_administrators_reach_the_pages(portal, browse, path):
    for person in (portal.agent, portal.lead, portal.customer):
        assert browse(portal, person).get(f"/desk/{path}").status_code == 404
        with tenant_scope(portal.tenant):
            uploaded(portal, CONTENT)
            assert not imports_seen_by(person).exists()


def test_another_portals_import_is_not_there(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        found = checked(portal, CONTENT)
    client = browse(other_portal, other_portal.administrator)

    for path in ("", "problems.csv"):
        assert client.get(f"/desk/imports/{found.pk}/{path}").status_code == 404
    for path in ("order/", "removal/"):
        assert client.post(f"/desk/imports/{found.pk}/{path}").status_code == 404
    assert "list.csv" not in client.get("/desk/imports/").content.decode()


def test_a_page_takes_as_many_queries_for_one_problem_as_for_many(
    portal, client, django_assert_num_queries, django_assert_max_num_queries
):
    with tenant_scope(portal.tenant):
        few = checked(portal, "email\nwrong\n")
        many = checked(portal, "email\n" + "".join(f"wrong{number}\n" for number in range(300)))
    with django_assert_max_num_queries(20) as asked:
        client.get(f"/desk/imports/{few.pk}/")
    with django_assert_num_queries(len(asked)):
        client.get(f"/desk/imports/{many.pk}/")
