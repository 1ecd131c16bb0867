"""CSV files as programs write them: encodings, separators, quotation marks; and what is no CSV file at all."""

import contextlib
import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.alphabets import foreign_letter, looks_like_another
from accounts.csv_cells import csv_lines, neutralise, restore
from accounts.csv_reading import RECORD_LIMIT, ROWS_LIMIT, FileTrouble, Table, Unreadable, look_over, records
from accounts.enums import ImportKind
from accounts.import_columns import column_of

SWEDISH = "e-post;namn\r\nasa@kund.example;Åsa Öberg\r\n"


def is_known(header: str) -> bool:
    return column_of(header, ImportKind.PEOPLE) is not None


def read(content: bytes) -> tuple[Table, list[tuple[int, list[str]]]]:
    file = io.BytesIO(content)
    table = look_over(file, is_known)
    rows = [(record.number, record.cells) for record in records(file, table)]
    assert len(rows) == table.rows
    return table, rows


def trouble(content: bytes) -> tuple[FileTrouble, dict]:
    with pytest.raises(Unreadable) as caught:
        read(content)
    return caught.value.trouble, caught.value.values


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_the_encoding_is_recognised(encoding, found):
    table, rows = read(SWEDISH.encode(encoding))

    assert table.encoding == found
    assert table.header == ["e-post", "namn"]
    assert rows == [(2, ["asa@kund.example", "Åsa Öberg"])]


def test_utf16_is_recognised_in_both_byte_orders():
    big = b"\xfe\xff" + SWEDISH.encode("utf-16-be")

    assert read(big)[1] == [(2, ["asa@kund.example", "Åsa Öberg"])]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_the_one_that_finds_the_columns(separator):
    table, rows = read(f"email{separator}name{separator}note; or, more\nx@y.example{separator}X{separator}1\n".encode())

    assert table.separator == separator
    assert rows[0][1][0] == "x@y.example"


@pytest.mark.parametrize("line", ["sep=;\n", '"sep=;"\n', "sep=;\r\n"])
def test_excels_own_line_about_the_separator_is_obeyed_and_left_out(line):
    table, rows = read((line + "email;name\nx@y.example;X\n").encode())

    assert (table.header, table.header_row) == (["email", "name"], 2)
    assert rows == [(3, ["x@y.example", "X"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_machine(end):
    assert read(end.join(["email,name", "a@b.example,A", "c@d.example,C"]).encode())[0].rows == 2


def test_rows_are_numbered_as_a_spreadsheet_counts_them():
    """Blank rows count, a line end inside a cell does not."""
    content = b'\nemail;name\n\na@b.example;"two\r\nlines"\n;\n  \nc@d.example;"say ""hi"""\n'

    table, rows = read(content)

    assert table.header_row == 2
    assert rows == [(4, ["a@b.example", "two\r\nlines"]), (7, ["c@d.example", 'say "hi"'])]


def test_a_quotation_mark_inside_a_cell_is_only_a_letter():
    assert read(b'email;name\na@b.example;5" screen\n')[1] == [(2, ["a@b.example", '5" screen'])]


def test_a_character_that_cannot_be_stored_reaches_the_row_it_stands_in():
    assert read(b"email,name\na@b.example,A\x00B\n")[1] == [(2, ["a@b.example", "A\x00B"])]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", FileTrouble.EMPTY),
        (b"\xef\xbb\xbf", FileTrouble.EMPTY),
        (b"\r\n \r\n", FileTrouble.EMPTY),
        (b"email,name\r\n\r\n", FileTrouble.NO_ROWS),
        (b"PK\x03\x04" + bytes(3000), FileTrouble.WORKBOOK),
        (b"\xd0\xcf\x11\xe0" + bytes(3000), FileTrouble.WORKBOOK),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, FileTrouble.NOT_TEXT),
        (b"%PDF-1.7\n" + bytes(range(1, 128)) * 40, FileTrouble.NOT_TEXT),
        (SWEDISH.encode("utf-16-le"), FileTrouble.UNMARKED),
        (b"\xff\xfe" + SWEDISH.encode("utf-16-le")[:-1], FileTrouble.ENCODING),
        ("email;name\na@b.example;\n".encode("utf-16") + b"\x00\xd8", FileTrouble.ENCODING),
        (b"\xef\xbb\xbfemail;name\na@b.example;\xe5sa\n", FileTrouble.ENCODING),
        (b"email;name\na@b.example;\x81\n", FileTrouble.ENCODING),
    ],
)
def test_what_is_no_list_of_text_is_refused(content, expected):
    assert trouble(content)[0] == expected


def test_one_broken_letter_does_not_turn_all_others_into_nonsense():
    content = "email;name\na@b.example;Åsa\n".encode() + "c@d.example;Örjan\n".encode("cp1252")

    assert trouble(content) == (FileTrouble.MIXED, {"row": 3})


def test_a_quotation_mark_left_open_is_told_with_its_row_however_long_the_rest_is():
    for rest in (1, 40_000):
        content = b'email;name\na@b.example;"A\n' + b"x@y.example;Y\n" * rest
        found, values = trouble(content)
        assert (found, values["row"]) == (FileTrouble.OPEN_QUOTE, 2)
    assert trouble(b'email;name\na@b.example;"A" B\n') == (FileTrouble.OPEN_QUOTE, {"row": 2})


def test_one_endless_row_takes_no_memory():
    found, values = trouble(b"email;name\n" + b"x" * (RECORD_LIMIT * 20))

    assert (found, values["row"]) == (FileTrouble.ROW_TOO_LONG, 2)


def test_more_rows_than_may_be_are_refused_and_no_fewer():
    row = b"a@b.example,A\n"

    assert read(b"email,name\n" + row * ROWS_LIMIT)[0].rows == ROWS_LIMIT
    assert trouble(b"email,name\n" + row * (ROWS_LIMIT + 1))[0] == FileTrouble.TOO_MANY_ROWS


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf\xff")
@example(b"\x00")
@example(b'"')
def test_whatever_bytes_come_they_are_rows_or_refused_with_words(content):
    with contextlib.suppress(Unreadable):
        read(content)


# -- cells that leave and come back -------------------------------------------------------------------------------

HOSTILE = st.text(
    st.one_of(st.sampled_from("=+-@\t\r\n'\";,|\x00＝＋－＠ aå"), st.characters(codec="utf-8")), max_size=20
)


@settings(max_examples=500, deadline=None)
@given(HOSTILE)
@example("=1+1")
@example("'=1+1")
@example("''=1+1")
@example("'")
@example("\t=1")
@example("＝1")
@example("a;=1,'+2|\t-3")
@example("\t'=1;;'\"=2")
def test_no_cell_leaves_as_a_formula_and_every_cell_comes_back(value):
    cell = neutralise(value)

    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert restore(cell) == value
    assert not re.search(r"""[;,\t|]"*[=+\-@＝＋－＠]""", cell)
    if not re.search(r"[;,\t|]", value):
        assert cell in (value, f"'{value}")


@pytest.mark.parametrize("separator", ";,")
@pytest.mark.parametrize("opened_with", [";", ",", "\t", "|"])
def test_a_program_set_to_another_separator_finds_no_formula(separator, opened_with):
    hostile = [f"a{sign}{quote}=cmd()" for sign in ";,\t|" for quote in ("", '"')]
    written = "".join(csv_lines(["name", "more"], [["x", cell] for cell in hostile], separator=separator))

    for row in csv.reader(io.StringIO(written.removeprefix("\ufeff")), delimiter=opened_with):
        assert not [cell for cell in row if cell.startswith(tuple("=+-@"))]


@pytest.mark.parametrize("cell", ["=1+1", "+46 70 123 45 67", "'quoted'", "'", "O'Hara"])
def test_what_somebody_wrote_by_hand_is_left_alone(cell):
    assert restore(cell) == cell


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=5), st.sampled_from(";,"))
def test_a_file_that_leaves_is_read_again_cell_by_cell(rows, separator):
    written = "".join(csv_lines(["email", "name"], rows, separator=separator)).encode("utf-8")
    expected = [tuple(cell.replace("\x00", "") for cell in row) for row in rows]
    expected = [row for row in expected if any(neutralise(cell).strip() for cell in row)]  # blank rows are none

    if not expected:
        assert trouble(written)[0] == FileTrouble.NO_ROWS
        return
    _table, found = read(written)

    assert [tuple(map(restore, cells)) for _number, cells in found] == expected


def test_excel_is_told_that_the_file_is_utf8():
    first = next(csv_lines(["namn"], [], separator=";"))

    assert first.encode().startswith(b"\xef\xbb\xbf")
    assert next(csv.reader([first.removeprefix("\ufeff")], delimiter=";")) == ["namn"]


# -- headers and look-alikes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("E-post", "email"),
        ("epostadress", "email"),
        ("EMAIL", "email"),
        (" Mail address ", "email"),
        ("Namn", "name"),
        ("Språk", "language"),
        ("named_contact", "named_contact"),
        ("Named contact", "named_contact"),
        ("Namngiven kontakt", "named_contact"),
        ("kontaktperson", "contact_person"),
        ("domains", None),
        ("shoe size", None),
    ],
)
def test_headers_are_understood_in_both_languages(header, column):
    assert column_of(header, ImportKind.PEOPLE) == column


@pytest.mark.parametrize(
    ("domain", "misleads"),
    [
        ("kund.example", False),
        ("åby.example", False),
        ("xn--by-yia.example", False),
        ("kuпd.example", True),  # п is Cyrillic
        ("xn--80ak6aa92e.example", True),  # "apple", all in Cyrillic letters
        ("почта.example", False),  # Cyrillic, and nobody takes it for Latin
        ("ελλάδα.example", False),
        ("日本語メール.example", False),
        ("xn--.example", False),
    ],
)
def test_a_domain_that_looks_like_another_is_noticed(domain, misleads):
    assert looks_like_another(domain) == misleads


def test_the_letter_that_is_not_latin_is_named():
    assert foreign_letter("annа") == "а"
    assert foreign_letter("Åsa Öberg-Ñandú 1") == ""
