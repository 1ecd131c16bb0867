"""Who wrote a mail, by its From: the bare address, or nobody where that is not certain."""

import pytest

from notifications.mail.parsing import parse

SURE = {
    '"Berg, Eva" <eva@kund.example>': "eva@kund.example",
    "Berg, Eva <eva@kund.example>": "eva@kund.example",
    "eva@kund.example (Eva Berg)": "eva@kund.example",
    "<eva@kund.example": "eva@kund.example",
    "=?utf-8?Q?Eva,_IT?= <eva@kund.example>": "eva@kund.example",
    "=?iso-8859-1?Q?Eva_=3Ceva=40kund=2Eexample=3E?=": "eva@kund.example",
    "'eva@kund.example' <eva@kund.example>": "eva@kund.example",
    '"boss@corp.example" <eva@kund.example>': "eva@kund.example",
    "eva@kund.example, eva@kund.example": "eva@kund.example",
    "Eva @ Home <eva@kund.example>": "eva@kund.example",
    "Eva [mailto:eva@kund.example]": "eva@kund.example",
    "IT: eva@kund.example;": "eva@kund.example",
    '"eva berg"@kund.example': '"eva berg"@kund.example',
    '"eva \\"b\\" berg"@kund.example (Eva)': '"eva \\"b\\" berg"@kund.example',
    '<"eva berg"@kund.example>': '"eva berg"@kund.example',
    'Eva <"eva@kund.example">': "eva@kund.example",
    "Eva <<eva@kund.example>>": "eva@kund.example",
    "Eva <SMTP:eva@kund.example>": "eva@kund.example",
    "eva..berg@kund.example": "eva..berg@kund.example",
    "eva@[192.0.2.1]": "eva@[192.0.2.1]",
    "åsa@räksmörgås.example": "åsa@räksmörgås.example",
}
NOT_SURE = [
    "",
    "root",
    "<>",
    "eva@kund.example, bo@kund.example",
    "eva@kund.example; bo@kund.example",
    "boss@corp.example <eva@kund.example>",
    "'boss@corp.example' <eva@kund.example>",
    "<boss@corp.example> <eva@kund.example>",
    "<boss@corp.example<eva@kund.example>>",
    '"a"@b.example "c"@d.example',
    "eva@kund.example\nFrom: bo@kund.example",
]


@pytest.mark.parametrize("header", SURE)
def test_a_sender_that_can_be_said_for_certain(header: str) -> None:
    assert parse(f"From: {header}\nSubject: s\n\nt".encode()).sender == SURE[header]


@pytest.mark.parametrize("header", NOT_SURE)
def test_a_sender_that_cannot(header: str) -> None:
    assert parse(f"From: {header}\nSender: other@kund.example\n\nt".encode()).sender == ""
