"""The mail as an `email.message.Message`, for what judges it: heads and texts in full, files without their content."""

from email.message import Message as MailMessage

from notifications.mail import charsets
from notifications.mail.headers import Headers, read_head
from notifications.mail.structure import Part, read_structure

_TEXT_BYTES = 200_000
_DEEPEST_MAIL = 3
_STATUS_BLOCKS = 200


def message_of(part: Part, *, mails: int = 0) -> MailMessage:
    """A message with the part's headers; its texts are already decoded."""
    message = _with(part.headers)
    if part.children:
        children: list[MailMessage | str] = [message_of(child, mails=mails) for child in part.children]
        message.set_payload(children)
    elif part.type == "message/delivery-status":
        message.set_payload(_status_blocks(part.content()[:_TEXT_BYTES]))
    elif part.type in ("message/rfc822", "message/global") and mails < _DEEPEST_MAIL:
        inside = read_structure(part.content()[: 5 * _TEXT_BYTES]).root
        message.set_payload([message_of(inside, mails=mails + 1)])
    elif part.type.startswith(("text/", "message/")):
        _set_text(message, part)
    else:
        message.set_payload("")
    return message


def _with(headers: Headers) -> MailMessage:
    message = MailMessage()
    for name, value in headers:
        message.set_raw(name, value)
    return message


def _set_text(message: MailMessage, part: Part) -> None:
    text = charsets.decode(part.content()[:_TEXT_BYTES], part.parameters.get("charset", ""))
    for name, value in (("Content-Type", f"{part.type}; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")):
        del message[name]
        message.set_raw(name, value)
    # As the standard library keeps bytes: `get_payload` gives the text, with `decode=True` its UTF-8.
    message.set_payload(text.replace("\r\n", "\n").encode("utf-8", "replace").decode("ascii", "surrogateescape"))


def _status_blocks(content: bytes) -> list[MailMessage | str]:
    blocks: list[MailMessage | str] = []
    position = 0
    while position < len(content) and len(blocks) < _STATUS_BLOCKS:
        headers, after = read_head(content, position, len(content))
        if headers.fields:
            blocks.append(_with(headers))
        position = max(after, position + 1)
    return blocks
