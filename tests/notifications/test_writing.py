"""Mails as they go over the wire, read again by Python's own parser."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.addresses import body_text, header_line
from notifications.mail.writing import words, write

LINES = "Häj!\n\n.\n.. två\nFrom here on = 5 %\ntrailing  \n" + "långt " * 80 + "\n"


def read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.defects == []
    return mail  # type: ignore[return-value]


def said(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    assert part.defects == []
    return str(part.get_content()).replace("\r\n", "\n")


def test_text_and_html_come_out_as_they_went_in():
    raw = write([("Subject", "Hello")], text=LINES, html=f"<p>{LINES}</p>\n")
    mail = read(raw)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (said(mail, "plain"), said(mail, "html")) == (LINES, f"<p>{LINES}</p>\n")


@given(st.text(), st.text())
def test_whatever_people_write_arrives_on_short_ascii_lines(subject: str, text: str):
    subject, text = header_line(subject), body_text(text) + "\n"
    raw = write([("Subject", words(subject))], text=text, html=text)
    mail = read(raw)
    assert mail["Subject"] == subject
    assert said(mail, "plain") == text
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_long_headers_are_folded_after_their_first_word():
    ids = [f"<{number}.{'x' * 40}@north.example>" for number in range(4)]
    raw = write([("References", " ".join(ids)), ("Subject", words("ä" * 300))], text="a\n", html="a\n")
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))
    assert b"References: <0." in head
    assert (str(read(raw)["References"]).split(), read(raw)["Subject"]) == (ids, "ä" * 300)


@pytest.mark.parametrize("value", ["a\r\nBcc: eve@evil.example", "a\nb", "a\rb", "å"])
def test_a_header_can_neither_begin_another_nor_be_other_than_ascii(value):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it is about
        write([("Subject", value)], text="a\n", html="a\n")


def test_a_word_that_looks_encoded_stays_what_it_is():
    assert read(write([("Subject", words("=?utf-8?q?no?="))], text="a\n", html="a\n"))["Subject"] == "=?utf-8?q?no?="
