"""What the mails in `tests/mails/` say, as `parse` reads them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifications.mail.parsed import Label, Machine, ParsedMail
from notifications.mail.parsing import parse

MAILS = Path(__file__).parents[1] / "mails"


def read(name: str) -> ParsedMail:
    return parse((MAILS / f"{name}.eml").read_bytes())


# A mail's name, and what it says; what is not named here is its default: no file, nothing quoted, no machine.
SAID: dict[str, dict[str, Any]] = {
    "plain_swedish": {
        "sender": "eva.lindstrom@kund.example",
        "sender_name": "Eva Lindström",
        "subject": "Låset på dörren går inte upp",
        "new_text": "Hej!\n\nLåset på dörren till förrådet går inte upp sedan i fredags.\n\nHälsningar\nEva",
    },
    "outlook_reply_html": {
        "sender": "olle.berg@kund.example",
        "sender_name": "Berg, Olle",
        "subject": "SV: [#1042] Larmet tjuter",
        "new_text": "Nu tjuter det igen, se bilden.\n\nMed vänlig hälsning\nOlle Berg",
        "quoted_text": "Från: Larm Support <support@larm.example>",
        "files": ["image001.png"],
    },
    "gmail_reply": {
        "sender": "sara.ek@post.example",
        "subject": "Re: [#1043] Fakturan",
        "new_text": "Ja, det stämmer. Tack för snabbt svar!",
        "quoted_text": "> Stämmer adressen?",
    },
    "apple_mail_pictures_between": {
        "sender": "nils@kund.example",
        "subject": "Two pictures",
        "new_text": "Here is the front:\n\nand here the back:\n\nRegards, Nils",
        "files": ["IMG_1.jpeg", "IMG_1.jpeg"],
    },
    "apple_mail_alternative_with_pdf": {
        "sender": "nils@kund.example",
        "subject": "Contract",
        "new_text": "Please find the contract attached.\n\nNils",
        "files": ["avtal för larm.pdf"],
    },
    "thunderbird_flowed": {
        "sender": "asa@kund.example",
        "sender_name": "Åsa Öberg",
        "subject": "Re: Offert",
        "new_text": "Det här är en lång rad som programmet har brutit mjukt så att den blir ett enda stycke igen.",
        "quoted_text": "> Here is our offer, which also runs over two lines.",
    },
    "phone_iphone": {
        "sender": "maja@post.example",
        "subject": "Re: [#1044] Kamera",
        "new_text": "Den står i hallen.\n\nSkickat från min iPhone",
        "quoted_text": "> Var står kameran?",
    },
    "windows_1252_said_to_be_latin1": {
        "sender": "hans@kunde.example",
        "subject": "Preis",
        "new_text": "Der Preis ist 300 € – das steht „hier“.",
    },
    "utf8_said_to_be_latin1": {
        "sender": "hans@kunde.example",
        "subject": "Größe",
        "new_text": "Die Größe passt nicht.",
    },
    "japanese_iso_2022": {
        "sender": "yamada@kyaku.example",
        "sender_name": "山田太郎",
        "subject": "アラームがなりません",
        "new_text": "アラームが鳴りません。\n山田",
    },
    "japanese_shift_jis": {
        "sender": "yamada@kyaku.example",
        "subject": "test",
        "new_text": "㈱山田です。①と②を見てください。",
    },
    "chinese_gb2312_with_gbk": {
        "sender": "wang@kehu.example",
        "sender_name": "王小明",
        "subject": "警报器坏了",
        "new_text": "您好，警报器坏了。朱镕基",
    },
    "russian_koi8": {
        "sender": "ivan@klient.example",
        "sender_name": "Иван",
        "subject": "Вопрос",
        "new_text": "Не работает.",
    },
    "no_charset_8bit": {"sender": "olle@kund.example", "subject": "Högt ljud", "new_text": "Det låter högt."},
    "unknown_charset": {"sender": "olle@kund.example", "subject": "Hej då", "new_text": "Det låter högt."},
    "uuencoded_in_text": {
        "sender": "old@kund.example",
        "subject": "A file the old way",
        "new_text": "The log is below.\n\n\nRegards",
        "files": ["log.txt"],
    },
    "rfc2231_names": {
        "sender": "lena@kund.example",
        "subject": "Files",
        "new_text": "Three files.",
        "files": ["en lång fil med namn.pdf", "år.xlsx", "my holiday picture.png"],
    },
    "same_names_and_paths": {
        "sender": "lena@kund.example",
        "subject": "Files",
        "new_text": "See the files.",
        "files": ["passwd", "bill.pdf", "BILL.pdf", "file.pdf"],
    },
    "two_froms": {"sender": "", "subject": "Two senders", "new_text": "Which one?"},
    "address_as_a_name": {"sender": "", "subject": "Pay this", "new_text": "Now."},
    "calendar_invitation": {
        "sender": "eva@kund.example",
        "subject": "Meeting",
        "new_text": "Shall we meet?",
        "files": ["invite.ics"],
    },
    "pgp_encrypted": {
        "sender": "eva@kund.example",
        "subject": "...",
        "new_text": "",
        "files": ["file.pgp", "encrypted.asc"],
    },
    "signed_smime": {
        "sender": "eva@kund.example",
        "subject": "Signed",
        "new_text": "This is signed.",
        "files": ["smime.p7s"],
    },
    "signed_by_wrapping": {
        "sender": "eva@kund.example",
        "subject": "Wrapped",
        "new_text": "This is signed, too.",
        "files": ["smime.p7m"],
    },
    "signed_by_wrapping_in_pieces": {
        "sender": "eva@kund.example",
        "subject": "Wrapped",
        "new_text": "This is signed, too.",
        "files": ["smime.p7m"],
    },
    "text_version_said_to_be_attached": {
        "sender": "eva@kund.example",
        "subject": "Attached",
        "new_text": "The text.",
    },
    "mail_in_a_mail": {
        "sender": "eva@kund.example",
        "subject": "Fwd as a file",
        "new_text": "See the mail.",
        "files": ["Din beställning.eml"],
    },
    "lotus_notes": {
        "sender": "hans.maier@kunde.example",
        "subject": "Antwort: Angebot",
        "new_text": "Guten Tag,\n\ndas Angebot paßt so.\n\nMit freundlichen Grüßen\nHans Maier",
        "files": ["Angebot.pdf"],
    },
    "html_only": {
        "sender": "eva@kund.example",
        "subject": "Bara HTML",
        "new_text": "Hej\n\nDet finns två saker:\n\n- larmet\n- kameran\n\nSe bilden "
        "<https://kund.example/bild?a=1&b=2> och https://kund.example/.\n\nModell X1\nNummer 42",
    },
    "stub_beside_html": {"sender": "eva@kund.example", "subject": "Stub", "new_text": "The siren on the north side"},
    "exchange_bounce": {
        "sender": "postmaster@kund.example",
        "subject": "Undeliverable: [#1042] Larmet tjuter",
        "new_text": "Delivery has failed",
        "files": ["delivery-status.txt", "[#1042] Larmet tjuter.eml"],
        "is_automatic": True,
        "is_bounce": True,
    },
    "out_of_office": {
        "sender": "sara.ek@kund.example",
        "subject": "Autosvar: Frånvarande",
        "new_text": "Jag är tillbaka på måndag.",
        "is_automatic": True,
    },
    "newsletter": {
        "sender": "news@butik.example",
        "subject": "Vårens erbjudanden",
        "new_text": "Nu halva priset.",
        "is_automatic": True,
    },
    "mailing_list_footer": {
        "sender": "eva@kund.example",
        "subject": "[list] Footer",
        "new_text": "The text.",
        "is_automatic": True,
    },
    "no_boundary_declared": {
        "sender": "eva@kund.example",
        "subject": "No boundary",
        "new_text": "The text.",
        "files": ["a.png"],
    },
    "wrong_boundary_declared": {"sender": "eva@kund.example", "subject": "Wrong boundary", "new_text": "The text."},
    "cut_in_the_middle": {
        "sender": "eva@kund.example",
        "subject": "Cut",
        "new_text": "The text.",
        "files": ["bill.pdf"],
    },
    "ended_too_early": {
        "sender": "eva@kund.example",
        "subject": "Ended too early",
        "new_text": "The text.",
        "files": ["bill.pdf"],
    },
    "boundary_that_begins_another": {
        "sender": "eva@kund.example",
        "subject": "Boundaries",
        "new_text": "The text.",
        "files": ["bill.pdf"],
    },
    "no_empty_line_after_head": {
        "sender": "eva@kund.example",
        "subject": "Straight on",
        "new_text": "This is the text, at once.\nAnd more.",
    },
    "bare_cr": {"sender": "eva@kund.example", "subject": "Old Mac", "new_text": "One line.\nAnother line."},
    "byte_order_mark_and_mbox_line": {
        "sender": "eva@kund.example",
        "subject": "From a file",
        "new_text": "The text.",
    },
    "broken_head_line": {
        "sender": "eva@kund.example",
        "subject": "A line without a name",
        "new_text": "The text.",
    },
    "raw_bytes_in_head": {
        "sender": "bjorn@kund.example",
        "sender_name": "Björn Åberg",
        "subject": "Låset klämmer",
        "new_text": "Låset klämmer.",
    },
    "encoded_words_badly_made": {
        "sender": "eva@kund.example",
        "sender_name": "Eva Berg (IT)",
        "subject": "Låset klämmer igen nu!",
        "new_text": "The text.",
    },
    "character_cut_between_encoded_words": {
        "sender": "eva@kund.example",
        "subject": "Låset på dörren",
        "new_text": "The text.",
    },
    "base64_badly_made": {
        "sender": "eva@kund.example",
        "subject": "Base64",
        "new_text": "Hej!Se filen.\n\nThis is no base64 at all, it only says so.",
        "files": ["a.pdf"],
    },
    "utf16": {"sender": "eva@kund.example", "subject": "UTF-16", "new_text": "Hallå där"},
    "utf7": {"sender": "eva@kund.example", "subject": "UTF-7", "new_text": "Hallå där"},
    "charset_only_in_html": {"sender": "eva@kund.example", "subject": "Meta", "new_text": "Не работает"},
    "enriched": {"sender": "eva@kund.example", "subject": "Enriched", "new_text": "Stop that <now>. Please"},
    "apple_double": {
        "sender": "eva@kund.example",
        "subject": "Apple double",
        "new_text": "The text.",
        "files": ["plan.pdf"],
    },
    "picture_by_location": {
        "sender": "eva@kund.example",
        "subject": "Location",
        "new_text": "See",
        "files": ["photo.png"],
    },
    "picture_in_the_html": {
        "sender": "eva@kund.example",
        "subject": "Data",
        "new_text": "See",
        "files": ["image.png"],
    },
    "text_file": {
        "sender": "eva@kund.example",
        "subject": "A log",
        "new_text": "The log is attached.",
        "files": ["panel.log"],
    },
    "only_a_file": {"sender": "eva@kund.example", "subject": "Scan", "new_text": "", "files": ["scan.pdf"]},
    "empty": {"sender": "eva@kund.example", "subject": "Nothing", "new_text": ""},
    "no_head_at_all": {"sender": "", "subject": "", "new_text": "Just some words that somebody put into a file."},
    "group_of_recipients": {"sender": "eva@kund.example", "subject": "Group", "new_text": "The text."},
    "quoted_printable_badly_made": {
        "sender": "eva@kund.example",
        "subject": "QP",
        "new_text": "Här slutar en rad, och 100 =% =ZZ",
    },
    "exchange_meeting": {
        "sender": "eva@kund.example",
        "subject": "Mote",
        "new_text": "Vi ses.",
        "files": ["invite.ics", "invite.ics"],
    },
    "forwarded_as_a_file": {
        "sender": "anna@larm.example",
        "subject": "Fwd: Trasig kamera",
        "new_text": "",
        "files": ["Trasig kamera.eml"],
    },
    "japanese_letters_of_vendors": {
        "sender": "yamada@kyaku.example",
        "subject": "①番の門",
        "new_text": "①番の門が開きません。㈱山田 ABC",
    },
    "outlook_hidden_elements": {
        "sender": "eva@kund.example",
        "subject": "Hidden elements",
        "new_text": "Larmet tjuter igen.",
    },
    "head_begins_with_a_space": {
        "sender": "eva@kund.example",
        "subject": "A space first",
        "new_text": "The text.",
    },
    "empty_line_of_a_space": {"sender": "eva@kund.example", "subject": "A space", "new_text": "The text."},
    "base64_before_a_wrong_boundary": {
        "sender": "eva@kund.example",
        "subject": "Wrong end",
        "new_text": "Hej, det larmar.",
    },
    "versions_not_said_to_be": {
        "sender": "eva@kund.example",
        "subject": "The same twice",
        "new_text": "Larmet tjuter\nigen.",
    },
    "charset_only_in_the_subject": {"sender": "ivan@klient.example", "subject": "Тест", "new_text": "Да."},
    "head_ends_too_early": {
        "sender": "eva@kund.example",
        "subject": "An empty line too many",
        "new_text": "Larmet tjuter på natten.",
    },
    "parts_without_a_word_of_them": {
        "sender": "eva@kund.example",
        "subject": "No type",
        "new_text": "The text.",
        "files": ["bill.pdf"],
    },
    "version_for_few": {"sender": "eva@kund.example", "subject": "Three versions", "new_text": "The text."},
    "charset_of_the_subject": {"sender": "ivan@klient.example", "subject": "Не работает", "new_text": "Да."},
    "winmail_dat": {
        "sender": "eva@kund.example",
        "subject": "From Outlook",
        "new_text": "The plan is attached.",
        "files": ["plan.pdf"],
    },
}


EXACTLY = {"base64_before_a_wrong_boundary", "versions_not_said_to_be", "outlook_hidden_elements"}


def test_every_mail_is_in_the_table():
    assert {path.stem for path in MAILS.glob("*.eml")} == set(SAID)


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_mail_says_what_its_writer_wrote(name: str):
    mail, said = read(name), SAID[name]

    assert mail.sender == said["sender"]
    assert mail.subject == said["subject"]
    assert mail.new_text.startswith(said["new_text"]) if said["new_text"] else mail.new_text == ""
    assert name not in EXACTLY or mail.new_text == said["new_text"]
    assert mail.sender_name == said.get("sender_name", mail.sender_name)
    assert said.get("quoted_text", "") in mail.quoted_text
    assert bool(mail.quoted_text) == bool(said.get("quoted_text"))
    assert [file.name for file in mail.attachments] == said.get("files", [])
    assert mail.is_automatic == said.get("is_automatic", False)
    assert mail.is_bounce == said.get("is_bounce", False)
    assert not mail.is_too_much


def test_what_is_besides_the_text():
    mail = read("outlook_reply_html")

    assert mail.message_id == "<DB9PR07@kund.example>"
    assert mail.in_reply_to == "<reply.bb@larm.example>"
    assert mail.references == ("<ticket.aa@larm.example>", "<reply.bb@larm.example>")
    assert mail.recipients == ("support+r12-0123456789abcdef@larm.example",)
    assert mail.sent_at == datetime(2026, 3, 3, 13, 2, 11, tzinfo=UTC)
    assert 'src="cid:image001.png@01DC1234"' in mail.html
    assert mail.attachments[0].is_inline
    assert mail.attachments[0].content_id == "image001.png@01DC1234"


def test_parts_that_are_more_than_files_are_labelled():
    assert [file.label for file in read("calendar_invitation").attachments] == [Label.CALENDAR]
    assert [file.label for file in read("pgp_encrypted").attachments] == [Label.ENCRYPTED] * 2
    assert [file.label for file in read("signed_smime").attachments] == [Label.SIGNATURE]
    assert [file.label for file in read("signed_by_wrapping").attachments] == [Label.SIGNATURE]
    assert [file.label for file in read("mail_in_a_mail").attachments] == [Label.MESSAGE]


def test_a_calendar_is_labelled_wherever_it_stands():
    assert {file.label for file in read("exchange_meeting").attachments} == {Label.CALENDAR}


def test_who_the_mail_was_handed_to_comes_before_who_it_is_addressed_to():
    assert read("group_of_recipients").recipients == ("order@larm.example", "a@larm.example", "b@larm.example")


@pytest.mark.parametrize("name", ["picture_by_location", "picture_in_the_html"])
def test_a_picture_is_shown_in_place_however_it_is_named(name: str):
    mail = read(name)

    assert [(file.is_inline, file.content[:4]) for file in mail.attachments] == [(True, b"\x89PNG")]
    assert f'src="cid:{mail.attachments[0].content_id}"' in mail.html


def test_a_mail_passed_on_as_a_file_is_read_too():
    forwarded = read("forwarded_as_a_file").forwarded

    assert forwarded is not None
    assert (forwarded.sender, forwarded.sender_name) == ("kund@post.example", "Kund Kundsson")
    assert (forwarded.subject, forwarded.text) == ("Trasig kamera", "Kameran i hallen visar bara svart.")
    assert read("mail_in_a_mail").forwarded is None


def test_files_are_what_they_were_before_they_were_wrapped():
    assert read("base64_badly_made").attachments[0].content == b"%PDF-1.4\n%PDF-1.4"
    assert read("uuencoded_in_text").attachments[0].content == b"hello world"
    assert read("uuencoded_in_text").attachments[0].content_type == "text/plain"
    assert read("winmail_dat").attachments[0].content == b"%PDF-1.4\n"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("测试邮件主题，警报器坏了，请帮忙看一下。", "gbk"),
        ("測試郵件主題，警報器壞了，請幫忙看一下。", "big5"),
        ("アラームが鳴りません。どうすればいいですか。", "shift_jis"),
        ("アラームが鳴りません。どうすればいいですか。", "euc_jp"),
        ("경보가 울리지 않습니다. 어떻게 해야 합니까?", "euc_kr"),
        ("Не работает сигнализация в магазине", "cp1251"),
        ("Не работает сигнализация в магазине", "koi8-r"),
        ("Låset på dörren går inte upp, och nyckeln är borta", "cp1252"),
        ("ÅÄÖ", "cp1252"),
        ("ÄäÖöÜü äöü ÅÄÖ", "cp1252"),
    ],
)
@pytest.mark.parametrize("label", ["", "\nContent-Type: text/plain; charset=us-ascii", "\nContent-Type: text/plain"])
def test_a_text_that_does_not_say_what_it_is_in_is_read_by_its_looks(text: str, charset: str, label: str):
    mail = parse(
        b"From: a@kund.example\nSubject: " + text.encode(charset) + label.encode() + b"\n\n" + text.encode(charset)
    )

    assert mail.subject == text
    assert mail.new_text == text


@pytest.mark.parametrize(
    "head",
    [
        'Content-Disposition: attachment filename="plan över huset.pdf"',
        'Content-Type: application/pdf name="plan över huset.pdf"',
        "Content-Description: plan över huset.pdf\nContent-Disposition: attachment",
        'Content-Disposition: attachment; filename=""\nContent-Type: application/pdf; name=plan över huset.pdf',
        "Content-Disposition: attachment; filename*=\"utf-8''plan%20%C3%B6ver%20huset.pdf\"",
    ],
)
def test_a_file_keeps_its_name_however_badly_it_is_written(head: str):
    kind = "" if "Content-Type" in head else "Content-Type: application/pdf\n"
    mail = parse(f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nt\n--b\n{kind}{head}\n\nx\n--b--".encode())
    assert [(file.name, file.content_type) for file in mail.attachments] == [("plan över huset.pdf", "application/pdf")]


REPORT = b"From: MAILER-DAEMON@mx.example\nSubject: Undelivered mail\nContent-Type: text/plain\n\n"


def test_a_report_keeps_its_reason_with_the_head_it_names():
    told = (
        b"This is about a mail with these fields:\n\n  Date: Sun, 1 Feb 2026 10:00:00 +0100\n  From: a@larm.example\n"
    )
    told += b"  To: anna@firm.example\n  Subject: The gate\n\nIt was not delivered: the mailbox is full.\n"
    mail = parse(REPORT + told)
    assert mail.is_bounce
    assert "mailbox is full" in mail.new_text
    assert not mail.quoted_text


@pytest.mark.parametrize(
    "begins",
    [
        "--- Below this line is a copy of the message.\n\nSubject: The gate",
        "Original message headers:\n\nX-Mailer: something",
        "------ This is a copy of the message, including all the headers. ------\n\nMIME-Version: 1.0",
        "Return-Path: <a@larm.example>\nSubject: The gate",
        "----- Original message -----\n\nThe gate does not close.",
        "------------------------------ Original message ------------------------------\n\nThe gate does not close.",
        "Original message as received is as follows:\n>Return-Path: <a@larm.example>\n>Subject: The gate",
    ],
)
def test_a_report_folds_the_copy_of_the_mail(begins: str):
    mail = parse(REPORT + f"The original message was received at 10:00:\nno such user\n\n{begins}\n\nHej\n".encode())
    assert mail.new_text.endswith("no such user")
    assert mail.quoted_text == f"{begins}\n\nHej"


STATUS = (
    b"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    b"--b\n\nAbout your mail.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    b"Final-Recipient: rfc822; anna@firm.example\nAction: %s\nStatus: %s\n\n--b--\n"
)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        (b"failed", b"5.1.1", True),
        (b"failed", b"4.4.7", True),  # given up
        (b"delayed", b"4.4.1", False),
        (b"delivered", b"2.0.0", False),
        (b"relayed", b"2.0.0", False),
    ],
)
def test_only_a_mail_that_will_not_arrive_has_bounced(action: bytes, status: bytes, expected: bool):
    mail = parse(STATUS % (action, status))
    assert (mail.machine, mail.is_automatic, mail.is_bounce) == (Machine.REPORT, True, expected)


def test_a_report_in_words_that_a_mail_is_late_is_no_bounce():
    late = REPORT.replace(b"Undelivered mail", b"Warning: message 1abc-00 delayed 24 hours")
    mail = parse(late + b"This message was created automatically by mail delivery software.\nanna@firm.example\n")
    assert (mail.machine, mail.is_bounce) == (Machine.REPORT, False)


def test_a_server_that_goes_on_trying_has_not_given_up():
    told = b"anna@firm.example\nDelivery has been postponed due to a full mailbox.\n"
    assert not parse(REPORT.replace(b"Undelivered mail", b"Mail Delivery Warning") + told).is_bounce
    assert parse(REPORT + b"Warning: anna@firm.example - user unknown.\n").is_bounce


@pytest.mark.parametrize("subject", [b"Undeliverable Mail", b"Delivery failure", b"Undelivered mail"])
def test_a_postmasters_report_is_one_by_its_subject(subject: bytes):
    assert parse(b"From: postmaster@mx.example\nSubject: " + subject + b"\n\n553 anna@firm.example\n").is_bounce
    assert not parse(b"From: postmaster@mx.example\nSubject: Re: " + subject + b"\n\nHow so?\n").is_bounce


@pytest.mark.parametrize("label", ["big5", "gb2312", "shift_jis", "iso-2022-jp", "euc-kr"])
def test_utf_8_is_read_whatever_else_it_says_it_is(label: str):
    for text in ("您好，警报器坏了", "警报", "アラームが鳴りません", "안녕하세요"):
        assert parse(f"Content-Type: text/plain; charset={label}\n\n{text}".encode()).new_text == text


def test_a_mail_turned_away_by_a_rule_is_a_bounce_and_a_receipt_is_not():
    head = b"From: a@firm.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n"
    body = b"\n--b\n\nIt was turned away.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: "
    body += b"automatic-action/MDN-sent-automatically; deleted\n--b--\n"
    assert not parse(head + body).is_bounce
    assert parse(head + b"Auto-Submitted: auto-replied (rejected)\n" + body).is_bounce
