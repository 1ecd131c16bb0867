"""What a mail says, made fit for a ticket. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.cleaning import (
    clean_subject,
    first_words,
    fit,
    fit_line,
    is_fit_address,
    numbers_in,
    without_secrets,
)
from tests.measuring import seconds_of

HOSTS = ["north.localhost"]
SECRET = "Yh3k9_Qw2x7LmNp4.a8Zr5tVb6"


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Re: [#1234] Beeps", "Beeps"),
        ("SV: Sv: VS: Beeps", "Beeps"),
        ("Re[2]: Re(3): AW: WG: Beeps", "Beeps"),
        ("[#1] Fwd: [#2]  Beeps  [#3]", "Beeps"),
        ("Regarding: the door", "Regarding: the door"),
        ("Reboot: what now", "Reboot: what now"),
        ("Re:", ""),
        ("a\r\nBcc: x", "a Bcc: x"),
        ("\u202eevil", "evil"),
    ],
)
def test_a_subject_is_what_its_writer_meant(subject, kept):
    assert clean_subject(subject) == kept


def test_the_numbers_in_a_subject_are_those_our_mails_write():
    assert numbers_in("Re: [#1234] about #99 and [#5], [#١٢]") == [1234, 5]


@pytest.mark.parametrize(
    "link",
    [
        f"http://north.localhost:8000/t/{SECRET}/",
        f"https://NORTH.localhost/password/MQ/{SECRET}/",
        f"https://filter.example/?url=http%3A%2F%2Fnorth.localhost%3A8000%2Ft%2F{SECRET}%2F&data=1",
        "support+r1a-0123456789abcdef@north.example",
        "support%2Br1a-0123456789abcdef@north.example",
        "https://filter.example/?url=mailto%3Asupport%2Br1a-0123456789abcdef%40north.example",
    ],
)
def test_what_opens_doors_for_one_reader_is_left_out(link):
    said = without_secrets(f"See {link} and <a href='{link}'>this</a>.", HOSTS)

    assert SECRET not in said
    assert "0123456789abcdef" not in said
    assert said.endswith("this</a>.")


def test_other_links_stay_as_they_are():
    text = f"http://north.localhost:8000/tickets/1001/ https://else.example/t/{SECRET}/ +rude@example.example"

    assert without_secrets(text, HOSTS) == text


@pytest.mark.parametrize(
    "piece", ["http://north.localhost/", "http://north.localhost/a/", "http%3A%2F%2Fnorth.localhost/"]
)
def test_endless_links_take_no_time(piece):
    assert seconds_of(lambda: without_secrets(piece * (200_000 // len(piece)), HOSTS)) < 3


@given(st.text(), st.integers(1, 50))
def test_whatever_is_said_fits_any_database(text, limit):
    for said in (fit(text, limit), fit_line(text, limit), clean_subject(text), first_words(text, limit)):
        assert "\x00" not in said
        said.encode()
    assert len(fit_line(text, limit)) <= limit
    assert "\n" not in clean_subject(text)


@pytest.mark.parametrize(
    "address", ["", "a", "@b.example", "a@", "a b@c.example", "a\x00@b.example", "a" * 250 + "@b.example"]
)
def test_nobody_is_written_down_under_what_is_no_address(address):
    assert not is_fit_address(address)
