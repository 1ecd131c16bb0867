"""What a mail server, or a reader's program, reports of a mail sent: RFC 3464, 6522, 8098, and their elders."""

import re
from email import message_from_string
from email.message import Message

from notifications.mail.glances import ADDRESS, address_in, first_text, header, parts_of, words_of
from notifications.mail.parsed import Report

MOST_REPORTS = 100
LONGEST_WORDS = 500
TEXT_LOOKED_AT = 20_000

STATUS_KINDS = {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification"}
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
OTHER_ACTIONS = ("delayed", "delivered", "relayed", "expanded")
REPLY_CODE = re.compile(r"(?<![\d.])(5\d\d)[ -]")
MESSAGE_ID = re.compile(r"^[ >]{0,4}Message-ID:\s{0,4}(<[^<>\s]{3,900}>)", re.I | re.M)
DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|microsoftexchange[0-9a-f]{8,40}|mdaemon|bounce)@", re.I
)
DAEMON_NAME = re.compile(r"mailer[- ]?daemon|mail delivery (?:sub)?system|postmaster|mail administrator", re.I)
FAILED_SUBJECT = re.compile(
    r"failure notice|undeliver|delivery (?:status notification|failure|has failed|problem|notification)|deliver(?:y|"
    r"ing) fail|"
    r"mail delivery|returned mail|mail system error|returning message|message (?:not delivered|undeliverable|"
    r"could not)|failed mail|mail failed|mail failure|mail could not be delivered|(?:user|recipient) unknown|"
    r"unknown (?:user|recipient)|"
    r"delayed|warning: (?:message|could not)|could not (?:be )?(?:send|deliver)|non-?deliver(?:y|able)|non[- ]?remis|"
    r"olever|kunde inte levereras|unzustellbar|nicht zugestellt|zustell|niet bezorg|onbestelbaar|"
    r"no se (?:pudo|puede) entregar|non recapitabile|mancato recapito|nie można dostarczyć|não entregue|"
    r"kan ikke leveres|uleverb|ei voitu toimittaa|не доставлен|退信|系统退信|"
    r"传输失败|投递失败|配信不能|配信エラー",
    re.I,
)
FAILED_WORDS = re.compile(
    r"this is the qmail-send program|this is the mail system at host|created automatically by mail delivery software|"
    r"did not reach (?:some|all|the following)|could not be delivered|couldn't be delivered|wasn't able to deliver|"
    r"was not delivered|delivery (?:to the following|has failed|failed)|permanent (?:fatal )?error|undeliverable|"
    r"unable to deliver|recipient address rejected|user unknown|mailbox unavailable|kunde inte levereras|"
    r"cannot be delivered|(?:mail|message) has been returned|(?:no|not a) (?:such|valid) user|"
    r"nicht zugestellt|konnte nicht|invalid final delivery userid|has encountered delivery problems|unknown user:|"
    r"an error was detected while processing|n'a pas pu [eê]tre (?:d[eé]livr|remis)|"
    r"не может быть доставлено|无法投递|无法送达",
    re.I,
)
LATE_WORDS = re.compile(
    r"has not (?:yet )?been delivered|will (?:be retried|continue to (?:try|be attempted))|delayed|"
    r"no action is required|"
    r"warning message only|försenad|you do not need to resend|delivery attempts will continue",
    re.I,
)
# What only mail servers write, for those that send their reports under any name: two of these, and the subject.
SERVERS_WORDS = (
    re.compile(r"(?:smtp|said|received|error|remote)[^\n]{0,60}(?<!\d)5[05]\d(?!\d)", re.I),
    re.compile(r"non-?delivery report|failed recipients?\b|created automatically by mail delivery software", re.I),
    re.compile(
        r"(?:could|can) ?not (?:be delivered|deliver (?:your |the )?(?:message|mail)) to the following "
        r"(?:recipient|user|address)|following (?:mail|message) could not be delivered|unable to deliver message",
        re.I,
    ),
    LATE_WORDS,
)
ANSWERED = re.compile(r"\s{0,4}(?:re|sv|vs|aw|fwd?|vb|wg|tr)\s?:", re.I)
COPY_BEGINS = re.compile(
    r"below this line is a copy|this is a copy of the message|original message follows|original message headers|"
    r"(?:the )?(?:text|header|body) of the original message|returned message|^-{5,}.{0,80}original|unsent message|"
    r"^(?:received|return-path|message-id):",
    re.I | re.M,
)


def is_report(message: Message) -> bool:
    """Is this mail about the delivery, or the reading, of another one?"""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type") or "").lower()
        return kind != "feedback-report" or _has_status(message)
    if message.get("X-Failed-Recipients") is not None or message.get("X-MS-Exchange-Message-Is-Ndr") is not None:
        return True
    return _has_status(message) or _is_from_a_daemon(message)


def reports_of(message: Message) -> tuple[Report, ...]:
    """What it reports, a Report for each recipient it names; nothing for mails that report nothing.

    From the parts made for programs (RFC 3464; RFC 8098 for reading), else from the words that qmail, Exim, Exchange
    and older servers write, but only where the mail comes from such a server as far as its headers say: anybody can
    write "could not be delivered". Whoever acts on it must still find the very delivery by `message_id`.
    """
    original = _original_id(message)
    found = [report for part in parts_of(message) for report in _from_part(part, original)]
    if not found and is_report(message):
        found = _from_words(message, original)
    return tuple(found[:MOST_REPORTS])


def _has_status(message: Message) -> bool:
    """Whether a status for programs is a part of this very mail. People who ask about a report pass it on: then it
    stands in a mail within, or beside words of theirs in a mail that shows no other sign of a server."""
    inside = message.get_payload() if message.get_content_maintype() == "multipart" else []
    parts = [part for part in inside if isinstance(part, Message)] if isinstance(inside, list) else []
    if not STATUS_KINDS.intersection(part.get_content_type() for part in parts[:8]):
        return False
    return message.get_content_type() == "multipart/report" or _shows_signs(message)


def _shows_signs(message: Message) -> bool:
    sender = header(message, "From")
    is_daemon = bool(DAEMON.match(address_in(sender)) or DAEMON_NAME.search(sender))
    no_way_back = header(message, "Return-Path").replace(" ", "") == "<>"
    return is_daemon or no_way_back or header(message, "Auto-Submitted").lower().startswith("auto")


def _is_from_a_daemon(message: Message) -> bool:
    """Two signs of three: who wrote it, no way back, and what the subject says; or the words of servers."""
    sender, subject = header(message, "From"), header(message, "Subject")
    is_nobody = sender.strip().endswith("<>")
    is_daemon = bool(DAEMON.match(address_in(sender)) or DAEMON_NAME.search(sender) or is_nobody)
    no_way_back = header(message, "Return-Path").replace(" ", "") == "<>"
    if is_nobody and no_way_back:
        return True
    says_so = bool(FAILED_SUBJECT.search(subject))
    if not (is_daemon or no_way_back):
        return says_so and not ANSWERED.match(subject) and _is_worded_by_a_server(message)
    words = bool(FAILED_WORDS.search(first_text(message, 4_000)))
    # At postmaster@ there are people, too: they answer, and write about such mails.
    is_postmaster = address_in(sender).lower().startswith("postmaster@")
    return words or (says_so and (no_way_back or not is_postmaster or bool(FAILED_SUBJECT.match(subject))))


def _is_worded_by_a_server(message: Message) -> bool:
    """The report of a server that gives itself an ordinary address, and leaves a way back. People who ask about one
    pass it on, or write something above it: only how the mail begins counts, and the mail that came back in it."""
    text = first_text(message, 700)
    signs = [bool(words.search(text)) for words in SERVERS_WORDS]
    signs.append(any(part.get_content_type() == "message/rfc822" for part in parts_of(message)))
    return sum(signs) >= 2


def _from_part(part: Message, original: str) -> list[Report]:
    kind = part.get_content_type()
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        return [report for block in _blocks(part) if (report := _delivery(block, original))]
    if kind == "message/disposition-notification":
        return [_disposition(block, original) for block in _blocks(part)[:1]]
    return []


def _blocks(part: Message) -> list[Message]:
    """The groups of fields in a status part. The parser makes messages of them, if they came unencoded."""
    inside = part.get_payload()
    blocks = [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []
    if len(blocks) == 1 and not blocks[0].keys():  # it came in base64, or with an empty line first
        blocks = _read(words_of(blocks[0], TEXT_LOOKED_AT))
    return blocks or _read(words_of(part, TEXT_LOOKED_AT))


def _read(words: str) -> list[Message]:
    groups = re.split(r"\n[ \t\r]*\n", words.replace("\r\n", "\n").strip())[:MOST_REPORTS]
    return [message_from_string(group) for group in groups]


def _delivery(block: Message, original: str) -> Report | None:
    final, first = header(block, "Final-Recipient"), header(block, "Original-Recipient")
    recipient = _recipient(first) or _recipient(final)
    action = header(block, "Action").lower()
    if not recipient and not action:
        return None  # the group about the whole message
    status = STATUS.search(header(block, "Status"))
    words = header(block, "Diagnostic-Code")
    code = status[1] if status else ""
    return Report(
        recipient=recipient,
        message_id=original,
        is_final=action.startswith("fail") or (action not in OTHER_ACTIONS and code.startswith("5")),
        status=code,
        words=words[:LONGEST_WORDS],
    )


def _disposition(block: Message, original: str) -> Report:
    found = re.search(r"<[^<>\s]{3,900}>", header(block, "Original-Message-ID"))
    return Report(
        recipient=_recipient(header(block, "Original-Recipient")) or _recipient(header(block, "Final-Recipient")),
        message_id=found[0] if found else original,
        is_final=False,
        words=header(block, "Disposition")[:LONGEST_WORDS],
    )


def _recipient(value: str) -> str:
    """`rfc822; <anna@firm.test>` → anna@firm.test"""
    return address_in(value.partition(";")[2] or value)


def _original_id(message: Message) -> str:
    """The Message-ID of the mail reported on: from its copy, else from what the report says it answers."""
    for number, part in enumerate(parts_of(message)):
        if number and part.get_content_type() not in ("multipart/report",) and header(part, "Message-ID"):
            found = re.search(r"<[^<>\s]{3,900}>", header(part, "Message-ID"))
            if found:
                return found[0]
        if number and part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers", "message/rfc822"):
            inside = MESSAGE_ID.search(words_of(part, TEXT_LOOKED_AT))
            if inside:
                return inside[1]
    inside = MESSAGE_ID.search(first_text(message, TEXT_LOOKED_AT))
    if inside:
        return inside[1]
    found = re.search(r"<[^<>\s]{3,900}>", header(message, "In-Reply-To") or header(message, "References"))
    return found[0] if found else ""


def _from_words(message: Message, original: str) -> list[Report]:
    text = first_text(message, TEXT_LOOKED_AT)
    copy = COPY_BEGINS.search(text)
    words = text[: copy.start()] if copy else text
    is_final = not LATE_WORDS.search(words) and not re.search(r"delayed|warning", header(message, "Subject"), re.I)
    status = STATUS.search(words)
    code = REPLY_CODE.search(words)
    return [
        Report(
            recipient=recipient,
            message_id=original,
            is_final=is_final,
            status=status[1] if status else (f"{code[1][0]}.0.0" if code else ""),
            words=_about(recipient, words),
        )
        for recipient in _failed_recipients(message, words)
    ]


def _failed_recipients(message: Message, words: str) -> list[str]:
    named = header(message, "X-Failed-Recipients")
    own = {address_in(header(message, "From")), address_in(header(message, "To"))}
    found = ADDRESS.findall(named) if named else ADDRESS.findall(words)
    kept = dict.fromkeys(address.strip(".").lower().removeprefix("smtp=") for address in found)
    others = [address for address in kept if named or address not in own]
    # "If the problem goes on, write to postmaster@…" is not about them.
    return ([address for address in others if not DAEMON.match(address)] or others)[:MOST_REPORTS]


def _about(recipient: str, words: str) -> str:
    """What the server says of this recipient: the lines from their address on."""
    place = words.lower().find(recipient)
    return " ".join(words[max(place, 0) :][:LONGEST_WORDS].split())
