"""Mails passed on, and mails that only say thank you."""

import pytest

from notifications.mail.forwarding import forwarded_in
from notifications.mail.parsed import Forwarded
from notifications.mail.thanks import is_thanks

OUTLOOK = (
    "{labels[0]}: Anna Ek <anna@firm.example>\n"
    "{labels[1]}: idag 10:00\n{labels[2]}: Bo\n{labels[3]}: Porten\n\nDen larmar.\n"
)
LABELS = {
    "VB:": ("Från", "Skickat", "Till", "Ämne"),
    "FW:": ("From", "Sent", "To", "Subject"),
    "WG:": ("Von", "Gesendet", "An", "Betreff"),
    "TR:": ("De ", "Envoyé ", "À ", "Objet "),
    "VS:": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "Vs:": ("Fra", "Sendt", "Til", "Emne"),
    "Doorst:": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "RV:": ("De", "Enviado", "Para", "Asunto"),
    "I:": ("Da", "Inviato", "A", "Oggetto"),
    "PD:": ("Od", "Wysłane", "Do", "Temat"),
    "ENC:": ("De", "Enviada", "Para", "Assunto"),
}


@pytest.mark.parametrize("prefix", LABELS)
def test_passed_on_with_outlook(prefix: str) -> None:
    text = "Kan ni ta det?\n\nBo\n\n" + OUTLOOK.format(labels=LABELS[prefix])

    assert forwarded_in(f"{prefix} Porten", text, "") == Forwarded(
        "anna@firm.example", "Anna Ek", "Porten", "Den larmar."
    )
    assert forwarded_in("RE: Porten", text, "") is None


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "---------- Vidarebefordrat meddelande ---------",
        "---------- Weitergeleitete Nachricht ---------",
        "-------- Forwarded Message --------",
        "-------- Vidarebefordrat meddelande --------",
    ],
)
def test_passed_on_by_a_line_that_says_so(line: str) -> None:
    text = f"Se nedan.\n\n{line}\nSubject: Porten\nDate: idag\nFrom: Anna Ek <anna@firm.example>\nTo: bo\n\nDen larmar."

    assert forwarded_in("Porten", text, "") == Forwarded("anna@firm.example", "Anna Ek", "Porten", "Den larmar.")


@pytest.mark.parametrize(
    "line", ["Begin forwarded message:", "Vidarebefordrat brev:", "Anfang der weitergeleiteten Nachricht:"]
)
def test_passed_on_with_apple_mail(line: str) -> None:
    text = f"{line}\n\n> From: Anna Ek <anna@firm.example>\n> Subject: Porten\n> Date: idag\n>\n> Den larmar.\n> > Vad?"

    assert forwarded_in("Fwd: Porten", text, "") == Forwarded(
        "anna@firm.example", "Anna Ek", "Porten", "Den larmar.\n> Vad?"
    )


@pytest.mark.parametrize(
    "line",
    [
        'Den 2026-01-09 10:00 skrev "Anna Ek" <anna@firm.example> följande:',
        'On 09/01/2026, 10:00, "Anna Ek" <anna@firm.example> wrote:',
        "Am 09.01.26, 10:00 schrieb „Anna Ek“ <anna@firm.example>:",
    ],
)
def test_passed_on_with_outlook_on_a_mac(line: str) -> None:
    text = f"Se nedan.\n\n{line}\n\nDen larmar."

    assert forwarded_in("VB: Porten", text, "") == Forwarded("anna@firm.example", "Anna Ek", "Porten", "Den larmar.")
    assert forwarded_in("Sv: Porten", text, "") is None


def test_an_address_that_only_the_html_shows() -> None:
    text = "Från: Anna Ek\nSkickat: idag\nTill: Bo\nÄmne: Porten\n\nDen larmar."
    html = '<b>Från:</b> <a href="mailto:anna@firm.example">Anna Ek</a><br>'

    assert forwarded_in("VB: Porten", text, html) == Forwarded("anna@firm.example", "Anna Ek", "Porten", "Den larmar.")
    assert forwarded_in("VB: Porten", text, "") == Forwarded("", "Anna Ek", "Porten", "Den larmar.")


def test_two_addresses_in_the_head_are_none() -> None:
    text = "Från: boss@firm.example <evil@firm.example>\nSkickat: idag\nTill: Bo\nÄmne: Porten\n\nDen larmar."

    found = forwarded_in("VB: Porten", text, "")
    assert found is not None
    assert found.sender == ""


@pytest.mark.parametrize(
    "text", ["Hej\n> svar", "From: me to you", "", "---------- Forwarded message ---------", "From:\n" * 50_000]
)
def test_nothing_was_passed_on(text: str) -> None:
    assert forwarded_in("Fwd: Porten", text, "") is None


@pytest.mark.parametrize(
    "text",
    [
        "Tack!",
        "Tack så mycket för hjälpen!\n\nMvh\nAnna Ek\nFirma AB\n070-123 45 67",
        "Hej Bo,\n\nTack för snabbt svar!\n/Anna",
        "Tusen tack, nu fungerar det",
        "Toppen, tack!\n\nSkickat från min iPhone",
        "Thanks",
        "Thank you very much for your help.\n\nBest regards,\nAnna",
        "Thanks Bo, it works now!",
        "Great, thanks.\n-- \nAnna Ek | 070-123 45 67",
        "Vielen Dank für die schnelle Hilfe!\n\nMit freundlichen Grüßen\nA. Ek",
        "Danke schön",
        "Merci beaucoup !",
        "Tusen takk for hjelpen",
        "Mange tak!",
        "Kiitos paljon avusta!",
        "Hartelijk bedankt",
        "Muchas gracias",
        "Grazie mille!",
        "Dziękuję bardzo",
        "Muito obrigada",
    ],
)
def test_a_plain_thank_you(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hej!",
        "Ok",
        "Tack, men det fungerar inte.",
        "Tack. När kommer ni?",
        "Tack på förhand, vi behöver två dosor till",
        "Thanks, but it still fails",
        "Thanks. It does not work.",
        "No thanks",
        "Nej tack",
        "Thanks in advance",
        "Tack! Felkod 17",
        "Tack!\n\nMvh\nAnna\n\nPS. larmet tjuter igen",
        "Danke, aber es geht nicht",
        "Tack så mycket. " * 40,
        "Tack!\nPorten larmar",
        "Tack\n> nej",
    ],
)
def test_more_than_a_thank_you(text: str) -> None:
    assert not is_thanks(text)
