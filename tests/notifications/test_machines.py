"""Which mails machines wrote, what reports report, and what servers found out about a sender."""

import email
from email.message import Message

import pytest

from notifications.mail.authentication import results_of
from notifications.mail.machines import machine_of
from notifications.mail.parsed import Authentication, Machine, Report
from notifications.mail.reports import reports_of


def mail(headers: str, text: str = "Hej") -> Message:
    return email.message_from_string(f"{headers}\n\n{text}")


PEOPLE = "From: Anna Ek <anna@firm.example>\nTo: support@larm.example\nSubject: "

MACHINES = {
    "Auto-Submitted: auto-replied\nSubject: Hej": Machine.REPLY,
    "Auto-Submitted: auto-generated (rejected)\nSubject: Hej": Machine.REPLY,
    "Auto-Submitted: AUTO-NOTIFIED; owner-email=x\nSubject: Hej": Machine.REPLY,
    "X-Auto-Response-Suppress: All\nSubject: Hej": Machine.REPLY,
    "X-Autoreply: yes\nSubject: Hej": Machine.REPLY,
    "X-Loop: a@firm.example\nSubject: Hej": Machine.REPLY,
    "Precedence: auto_reply\nSubject: Hej": Machine.REPLY,
    "Precedence: bulk\nSubject: Out of office": Machine.REPLY,
    "Return-Path: <>\nSubject: Hej": Machine.REPLY,
    "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\nSubject: Hej": Machine.REPLY,
    "X-POST-MessageClass: 9; Autoresponder\nSubject: Hej": Machine.REPLY,
    "X-FC-MachineGenerated: true\nSubject: Hej": Machine.REPLY,
    "Preference: auto_reply\nSubject: Hej": Machine.REPLY,
    "Precedence: bulk\nSubject: Nyheter": Machine.BULK,
    "Precedence: LIST\nSubject: Nyheter": Machine.BULK,
    "List-Id: <a.firm.example>\nSubject: Nyheter": Machine.BULK,
    "List-Unsubscribe: <https://firm.example/u>\nSubject: Nyheter": Machine.BULK,
    "Subject: Autosvar: Porten\nIn-Reply-To: <a@larm.example>": Machine.REPLY,
    "Subject: =?utf-8?q?Fr=C3=A5nvaro?=\nX-Auto-Response-Suppress: OOF": Machine.REPLY,
    "Subject: Automatic reply: The gate\nReferences: <a@larm.example>": Machine.REPLY,
    "From: MAILER-DAEMON@mx.example\nSubject: failure notice": Machine.REPORT,
    "From: x@mx.example\nX-Failed-Recipients: a@firm.example\nSubject: Hej": Machine.REPORT,
    "From: postmaster@firm.example\nReturn-Path: <>\nSubject: Olevererbart: Porten": Machine.REPORT,
    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\nSubject: Read": Machine.REPORT,
}


@pytest.mark.parametrize("headers", MACHINES)
def test_machines_are_known_by_their_headers(headers: str) -> None:
    assert machine_of(mail(headers)) is MACHINES[headers]


@pytest.mark.parametrize(
    "headers",
    [
        PEOPLE + "Porten larmar",
        PEOPLE + "Porten larmar\nAuto-Submitted: no",
        PEOPLE + "Autosvar: hur ställer jag in det?",
        PEOPLE + "Out of office does not work",
        PEOPLE + "Undeliverable mails since yesterday",
        PEOPLE + "Porten larmar\nReturn-Path: <anna@firm.example>\nPrecedence: normal",
        PEOPLE + "Porten larmar\nX-Auto-Response-Suppress: OOF",
    ],
)
def test_people_are_people(headers: str) -> None:
    assert machine_of(mail(headers, "Hej, porten larmar. Vad gör vi?")) is None
    assert reports_of(mail(headers, "Your mail to bo@firm.example could not be delivered")) == ()


def test_a_postmaster_is_a_person_too() -> None:
    headers = "From: Bo Ek <postmaster@firm.example>\nSubject: Our mail server and yours"

    assert machine_of(mail(headers, "Hej, which ports do you use?")) is None


def test_who_asks_about_a_report_and_passes_it_on_is_a_person() -> None:
    report = """Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r
Content-Type: text/plain

It failed.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; a.example

Final-Recipient: rfc822; bo@firm.example
Action: failed
Status: 5.1.1
--r--"""
    status = report.partition("--r\n")[2].partition("--r\n")[2].rpartition("--r--")[0]
    words = "--b\nContent-Type: text/plain\n\nOur invoices come back. What do we do?\n"
    for inside in (f"Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@a.example\n{report}", status):
        headers = "From: anna@kund.example\nSubject: Please help\nContent-Type: multipart/mixed; boundary=b"
        assert machine_of(mail(headers, f"{words}--b\n{inside}\n--b--")) is None
    assert machine_of(mail("From: postmaster@kund.example\nSubject: Outgoing mail delayed", "Since Monday.")) is None


SERVERS_WITHOUT_A_NAME = {
    "From: ndr@relay.example\nSubject: Mail delivery failed: returning message to sender": (
        "This message was created automatically by mail delivery software.\nRemote host said: 550 no such account"
    ),
    "From: admin@relay.example\nSubject: Non-Delivery: The gate": (
        '--- Non-Delivery Report ---\nThis could not be delivered to the following user:\n"anna@firm.example"'
    ),
    'From: "Mail box" <>\nSubject: Mail Error': "Your mail cannot be delivered to these addresses:\nanna@firm.example",
    "From: <>\nReturn-Path: <>\nSubject:": "You sent mail to anna@firm.example. There is nobody of that name.",
    "From: mailer-daemon@firm.example\nSubject: Ваше письмо не доставлено": "Ящик не найден.",
    "From: MAILER-DAEMON@firm.example\nSubject: Processing Error": "The mail has been returned because of an error.",
}


@pytest.mark.parametrize("headers", SERVERS_WITHOUT_A_NAME)
def test_reports_of_servers_with_names_of_their_own(headers: str) -> None:
    assert machine_of(mail(headers, SERVERS_WITHOUT_A_NAME[headers])) is Machine.REPORT


@pytest.mark.parametrize(
    "text",
    [
        "My parcel could not be delivered to the following address: Storgatan 1. Where is it now?",
        "I get this when I write to you:\n\n550 5.1.1 user unknown\n\nWhat do I do?",
        "Your message about the gate never came. Mail to me is delayed.",
    ],
)
def test_people_who_write_about_failed_mail_are_people(text: str) -> None:
    assert machine_of(mail(PEOPLE + "Mail delivery failed", text)) is None
    told = SERVERS_WITHOUT_A_NAME["From: ndr@relay.example\nSubject: Mail delivery failed: returning message to sender"]
    assert machine_of(mail(PEOPLE + "Fwd: Mail delivery failed: returning message to sender", told)) is None


def test_whom_a_report_tells_to_write_to_is_not_whom_it_failed_for() -> None:
    told = "smtp=anna@firm.example: user unknown\n\nOr write to postmaster@mx.example.\n\nReceived: by a@b"
    (report,) = reports_of(mail("From: MAILER-DAEMON@mx.example\nSubject: failure notice", told))
    assert report.recipient == "anna@firm.example"


def test_being_away_is_read_in_what_it_says() -> None:
    assert machine_of(mail(PEOPLE + "Frånvaro", "Jag har semester och är åter 3 maj.")) is Machine.REPLY
    assert machine_of(mail(PEOPLE + "Fråga", "Jag har semester och är åter 3 maj.")) is None


REPORT = """From: MAILER-DAEMON@mx.example
To: bounce+k7f3@larm.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not go.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 9 Jan 2026 10:00:00 +0100

Final-Recipient: rfc822; Anna@firm.example
Original-Recipient: rfc822;anna@firm.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

Final-Recipient: rfc822; bo@firm.example
Action: delayed
Status: 4.4.1
--b
Content-Type: text/rfc822-headers

From: support@larm.example
Message-ID: <d1.x@larm.example>
Subject: Porten
--b--
"""


def test_a_report_says_who_and_which_mail() -> None:
    assert reports_of(email.message_from_string(REPORT)) == (
        Report("anna@firm.example", "<d1.x@larm.example>", True, "5.1.1", "smtp; 550 5.1.1 No such user"),
        Report("bo@firm.example", "<d1.x@larm.example>", False, "4.4.1"),
    )


def test_a_report_with_the_whole_mail_in_it() -> None:
    with_mail = REPORT.replace("Content-Type: text/rfc822-headers\n", "Content-Type: message/rfc822\n")

    assert {report.message_id for report in reports_of(email.message_from_string(with_mail))} == {"<d1.x@larm.example>"}


def test_a_mail_that_was_read() -> None:
    read = REPORT.replace("delivery-status", "disposition-notification").replace("Action: failed\n", "")
    read = read.replace(
        "Reporting-MTA: dns; mx.example\nArrival-Date", "Disposition: manual-action/x; displayed\nX-Date"
    )
    read = read.replace("10:00:00 +0100\n\n", "10:00:00 +0100\nOriginal-Message-ID: <d2.x@larm.example>\n")

    assert reports_of(email.message_from_string(read)) == (
        Report("anna@firm.example", "<d2.x@larm.example>", False, "", "manual-action/x; displayed"),
    )


QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<anna@firm.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@larm.example>
Message-ID: <d1.x@larm.example>
To: anna@firm.example, bo@firm.example
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  anna@firm.example
    host mx.firm.example [192.0.2.1]: 550 5.1.1 unknown user

------ This is a copy of the message, including all the headers. ------

Message-Id: <d1.x@larm.example>
"""
EXCHANGE = """Your message did not reach some or all of the intended recipients.

      Subject: Porten
      Sent:    2026-01-09 10:00

The following recipient(s) could not be reached:

      anna@firm.example on 2026-01-09 10:01
            550 5.1.1 User unknown
"""


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ("From: MAILER-DAEMON@mx.example\nTo: support@larm.example\nSubject: failure notice", QMAIL),
        (
            (
                "From: Mail Delivery System <Mailer-Daemon@mx.example>\nTo: support@larm.example\n"
                "X-Failed-Recipients: anna@firm.example\nSubject: Mail delivery failed: returning message to sender"
            ),
            EXIM,
        ),
        (
            (
                "From: System Administrator <postmaster@firm.example>\nTo: support@larm.example\n"
                "In-Reply-To: <d1.x@larm.example>\nSubject: Undeliverable: Porten"
            ),
            EXCHANGE,
        ),
    ],
    ids=["qmail", "Exim", "Exchange"],
)
def test_reports_in_words_alone(headers: str, text: str) -> None:
    (report,) = reports_of(mail(headers, text))

    assert (report.recipient, report.message_id, report.is_final) == ("anna@firm.example", "<d1.x@larm.example>", True)
    assert report.status == "5.1.1"
    assert machine_of(mail(headers, text)) is Machine.REPORT


def test_a_mail_that_is_late_has_not_failed() -> None:
    late = EXIM.replace("could not be delivered", "has not yet been delivered").replace("550 5.1.1", "451 4.2.0")
    headers = "From: Mailer-Daemon@mx.example\nTo: support@larm.example\nSubject: Warning: message delayed 24 hours"

    assert [report.is_final for report in reports_of(mail(headers, late))] == [False]


def test_results_of_authentication() -> None:
    headers = (
        "From: Anna <anna@firm.example>\n"
        "Authentication-Results: mx.larm.example 1;\n spf=pass (a; spf=fail) smtp.mailfrom=b@mail.firm.example;\n"
        " dkim=pass header.d=esp.example header.s=k; dkim=pass header.i=@firm.example;\n dmarc=pass "
        "header.from=firm.example\n"
        "Authentication-Results: evil.example; dmarc=fail (dmarc=pass); dkim=none\n"
        "Authentication-Results: ;\n"
    )

    assert results_of(mail(headers)) == (
        Authentication("mx.larm.example", "pass", "pass", "pass", "firm.example", "mail.firm.example"),
        Authentication("evil.example", "", "none", "fail"),
    )


@pytest.mark.parametrize(
    "value", ["(" * 50_000, ";" * 50_000, "a;" + "dkim=pass " * 9_000, '"' * 50_001, "\\" * 50_000]
)
def test_hostile_headers_crash_nothing(value: str) -> None:
    message = mail(f"From: {value}\nAuthentication-Results: {value}\nSubject: {value}\nAuto-Submitted: no")

    results_of(message)
    assert machine_of(message) is None
    assert reports_of(message) == ()
