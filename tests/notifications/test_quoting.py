"""What was written now, and what is quoted: by language, by mail program, and where words only look like a quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.quoting import split, split_html
from tests.measuring import seconds_of

ANSWER = "Hej,\n\nnu larmar porten igen, se bilden.\n\nMvh\nAnna Ek"

WITH_MARKS = {
    "Gmail sv": "Den fre 9 jan. 2026 kl 10:00 skrev Support Larm <support@larm.example>:",
    "Gmail sv, old": "Den 9 januari 2026 10:00 skrev Support Larm <support@larm.example>:",
    "Gmail sv, phone": "Den fre 9 jan. 2026 10:00Support Larm <support@larm.example> skrev:",
    "Gmail sv, wrapped": "Den fre 9 jan. 2026 kl 10:00 skrev Support Larm <\nsupport+k7f3@larm.example>:",
    "Gmail without a verb": "2026-01-09 10:00 GMT+01:00 Support Larm <support@larm.example>:",
    "Gmail en": "On Fri, Jan 9, 2026 at 10:00 AM Support Larm <support@larm.example> wrote:",
    "Gmail en, wrapped": "On Fri, Jan 9, 2026 at 10:00 AM Support at the alarm firm\n<support@larm.example>\nwrote:",
    "Gmail de": "Am Fr., 9. Jan. 2026 um 10:00 Uhr schrieb Support Larm <support@larm.example>:",
    "Gmail fr": "Le ven. 9 janv. 2026 à 10:00, Support Larm <support@larm.example> a écrit :",
    "Gmail no": "fre. 9. jan. 2026 kl. 10:00 skrev Support Larm <support@larm.example>:",
    "Gmail da": "Den fre. 9. jan. 2026 kl. 10.00 skrev Support Larm <support@larm.example>:",
    "Gmail fi": "pe 9. tammik. 2026 klo 10.00 Support Larm (support@larm.example) kirjoitti:",
    "Gmail nl": "Op vr 9 jan 2026 om 10:00 schreef Support Larm <support@larm.example>:",
    "Gmail es": "El vie, 9 ene 2026 a las 10:00, Support Larm (<support@larm.example>) escribió:",
    "Gmail it": "Il giorno ven 9 gen 2026 alle ore 10:00 Support Larm <support@larm.example> ha scritto:",
    "Gmail pl": "pt., 9 sty 2026 o 10:00 Support Larm <support@larm.example> napisał(a):",
    "Gmail pt": "Em sex., 9 de jan. de 2026 às 10:00, Support Larm <support@larm.example> escreveu:",
    "Apple sv": "9 jan. 2026 kl. 10:00 skrev Support Larm <support@larm.example>:",
    "Apple en": "On 9 Jan 2026, at 10:00, Support Larm <support@larm.example> wrote:",
    "Apple de": "Am 09.01.2026 um 10:00 schrieb Support Larm <support@larm.example>:",
    "Apple nl": "Op 9 jan. 2026, om 10:00 heeft Support Larm <support@larm.example> het volgende geschreven:",
    "Thunderbird sv": "Den 2026-01-09 kl. 10:00, skrev Support Larm:",
    "Thunderbird en": "On 09/01/2026 10:00, Support Larm wrote:",
    "Thunderbird de": "Am 09.01.26 um 10:00 schrieb Support Larm:",
    "Thunderbird pl": "W dniu 9.01.2026 o 10:00, Support Larm pisze:",
    "Yahoo sv": "Den fredag 9 januari 2026 10:00:00 CET, Support Larm <support@larm.example> skrev:",
    "Zoho": "---- On Fri, 09 Jan 2026 10:00:00 +0100 Support Larm <support@larm.example> wrote ----",
    "Gmail ru": "пт, 9 янв. 2026 г. в 10:00, Support Larm <support@larm.example>:",
    "Gmail cs": "pá 9. 1. 2026 v 10:00 odesílatel Support Larm <support@larm.example> napsal:",
    "Gmail hu": "Support Larm <support@larm.example> ezt írta (időpont: 2026. jan. 9., P, 10:00):",
    "Gmail el": "Στις Παρ 9 Ιαν 2026 στις 10:00 π.μ., ο/η Support Larm\n<support@larm.example> έγραψε:",
    "Gmail he": "\u202bבתאריך יום ו׳, 9 בינו׳ 2026 ב-10:00 מאת \u202aLarm\u202c "
    "<\u202asupport@larm.example\u202c>:\u202c",
    "Gmail zh": "Support Larm <support@larm.example> 于2026年1月9日周五 10:00写道：",
    "Apple pl": "Wiadomość napisana przez Support Larm <support@larm.example> w dniu 9 sty 2026, o godz. 10:00:",
    "Yahoo de": "Am Freitag, 9. Januar 2026, 10:00:01 MEZ hat Larm <support@larm.example> Folgendes geschrieben:",
    "a language of which we know nothing": "2026. jan. 9. 10:00 Support Larm <support@larm.example> qaqa:",
    "a name alone": "Support Larm skrev:",
    "none": "",
}


@pytest.mark.parametrize("attribution", WITH_MARKS.values(), ids=WITH_MARKS)
def test_answers_above_a_marked_quote(attribution: str) -> None:
    quote = f"{attribution}\n\n> Hej Anna,\n>\n> hur är det med porten?\n>> Den larmar."

    assert split(f"{ANSWER}\n\n{quote}\n") == (ANSWER, quote.strip("\n"))


@pytest.mark.parametrize("attribution", WITH_MARKS.values(), ids=WITH_MARKS)
def test_answers_below_a_marked_quote(attribution: str) -> None:
    quote = f"{attribution}\n> Hej Anna,\n>\n> hur är det med porten?"

    assert split(f"{quote}\n\n{ANSWER}\n") == (ANSWER, quote.strip("\n"))


@pytest.mark.parametrize("name", [name for name in WITH_MARKS if name not in ("none", "a name alone")])
def test_answers_above_a_quote_without_marks(name: str) -> None:
    quote = f"{WITH_MARKS[name]}\n\nHej Anna,\n\nhur är det med porten?"

    assert split(f"{ANSWER}\n\n{quote}\n") == (ANSWER, quote)


HEADS = {
    "Outlook sv": "Från: Support Larm <support@larm.example>\n"
    "Skickat: den 9 januari 2026 10:00\nTill: Anna\nÄmne: RE: Porten",
    "Outlook en": "From: Support Larm\nSent: Friday, January 9, 2026 10:00 AM\nTo: Anna Ek\nSubject: RE: The gate",
    "Outlook en, dated": "From: Support Larm\n"
    "Date: Friday, January 9, 2026 10:00 AM\nTo: Anna Ek\nCc: Bo\nSubject: RE: The gate",
    "Outlook de": "Von: Support Larm\nGesendet: Freitag, 9. Januar 2026 10:00\nAn: Anna Ek\nBetreff: AW: Das Tor",
    "Outlook fr": "De : Support Larm\nEnvoyé : vendredi 9 janvier 2026 10:00\nÀ : Anna Ek\nObjet : RE: La porte",
    "Outlook no": "Fra: Support Larm\nSendt: fredag 9. januar 2026 10:00\nTil: Anna Ek\nEmne: SV: Porten",
    "Outlook da": "Fra: Support Larm\nDato: fredag, 9. januar 2026 kl. 10.00\nTil: Anna Ek\nEmne: Sv: Porten",
    "Outlook fi": "Lähettäjä: Support Larm\n"
    "Lähetetty: perjantai 9. tammikuuta 2026 10.00\nVastaanottaja: Anna\nAihe: VS: Portti",
    "Outlook nl": "Van: Support Larm\nVerzonden: vrijdag 9 januari 2026 10:00\nAan: Anna Ek\nOnderwerp: RE: De poort",
    "Outlook es": "De: Support Larm\nEnviado: viernes, 9 de enero de 2026 10:00\nPara: Anna Ek\nAsunto: RE: La puerta",
    "Outlook it": "Da: Support Larm\nInviato: venerdì 9 gennaio 2026 10:00\nA: Anna Ek\nOggetto: R: Il cancello",
    "Outlook pl": "Od: Support Larm\nWysłane: piątek, 9 stycznia 2026 10:00\nDo: Anna Ek\nTemat: ODP: Brama",
    "Outlook pt": "De: Support Larm\n"
    "Enviado: sexta-feira, 9 de janeiro de 2026 10:00\nPara: Anna Ek\nAssunto: RE: O portão",
    "bold": "*Från:* Support Larm <support@larm.example>\n"
    "*Skickat:* den 9 januari 2026 10:00\n*Till:* Anna\n*Ämne:* Porten",
    "an address that wraps": "*From:* Support Larm [mailto:\n"
    "  support@larm.example]\n*Sent:* Friday 10:00\n*To:* A\n*Subject:* S",
    "ruler": "________________________________\n"
    "Från: Support Larm\nSkickat: den 9 januari 2026\nTill: Anna\nÄmne: Porten",
    "original": "-----Ursprungligt meddelande-----\nFrån: Support Larm\nSkickat: idag\nTill: Anna\nÄmne: Porten",
    "Samsung": "-------- Originalmeddelande --------\nFrån: Support <support@larm.example>\nDatum: 2026-01-09 10:00 "
    "(GMT)\n"
    "Till: Anna\nRubrik: Porten",
    "date first": "Datum: fre, 9 jan 2026\nFrån: support@larm.example\nTill: anna@firm.example\nÄmne: Porten",
    "Outlook ko": "보낸 사람: Support Larm\n보낸 날짜: 2026년 1월 9일\n받는 사람: Anna Ek\n제목: RE: 문",
    "Outlook el": "Από: Support Larm\nΣτάλθηκε: Παρασκευή, 9 Ιανουαρίου 2026\nΠρος: Anna Ek\nΘέμα: RE: Πύλη",
    "a line across the page": "---\nFrom: Support Larm\nSent: Friday 10:00\nTo: Anna Ek\nSubject: The gate",
    "only a line": "-----Original Message-----",
    "only a line, da": "-------- Oprindelig besked --------",
    "KMail": "----------  Forwarded Message  ----------\n\nSubject: Porten\nDate: Friday\nFrom: support@larm.example",
    "Notes": "----- Forwarded by Bo Ek/Firm on 2026-01-09 10:00 -----",
    "Samsung, a line": "---- Support Larm skrev ----",
    "GroupWise": ">>> Support Larm <support@larm.example> 2026-01-09 10:00 >>>",
    "our line": "## Skriv ditt svar ovanför den här raden ##",
    "another helpdesk's line": "##- Please type your reply above this line -##",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_answers_above_a_head(head: str) -> None:
    quote = f"{head}\n\nHej Anna,\n\nhur är det med porten?"

    assert split(f"{ANSWER}\r\n\r\n{quote}\n".replace("\n", "\r\n")) == (ANSWER, quote)


def test_answers_between_the_quotes_stay_with_what_they_answer() -> None:
    text = "Den 9 jan 2026 skrev Bo:\n> Larmar den?\n\nJa.\n\n> Sedan när?\n\nIgår."

    assert split(text) == (text, "")
    assert split(f"{text}\n\n> Hälsningar\n> Bo") == (text, "> Hälsningar\n> Bo")
    assert split(f"Hej!\n\n{text}") == (f"Hej!\n\n{text}", "")


@pytest.mark.parametrize("greeting", ["Hej Bo,", "Hi!", "Guten Tag Herr Ek,"])
def test_a_greeting_above_the_quote_belongs_to_the_answer_below(greeting: str) -> None:
    quote = "Den 9 jan 2026 skrev Bo:\n> Larmar den?"

    assert split(f"{greeting}\n\n{quote}\n\nJa, den larmar.") == (f"{greeting}\n\n\nJa, den larmar.", quote)
    asked = f"Hej Bo, stämmer det här?\n\n{quote}\n\nJag tror inte det."
    assert split(asked) == (asked, "")


@pytest.mark.parametrize("below", ["-- \nAnna Ek\n070-123", "Mvh\nAnna Ek", "Skickat från min iPhone"])
def test_a_signature_below_the_quote_stays_with_the_answer(below: str) -> None:
    new, quoted = split(f"Ja, den larmar.\n\n> Larmar den?\n\n{below}")

    assert quoted == "> Larmar den?"
    assert new.split() == f"Ja, den larmar. {below}".split()


INNOCENT = [
    "Som Anna skrev:\nporten går inte att stänga.",
    "Hej,\njag citerar vad Bo skrev: porten är trasig.",
    "Den 9 januari kl 10:15 skrev jag till er:\nfortfarande inget svar.",
    "I wrote on 9 January at 10:15:\nno answer yet.",
    "Felet kom 2026-01-09 10:15:\nE4 i displayen, från anna@firm.example:\nsamma sak",
    "Från: Lund\nTill: Umeå\nDatum: 3 maj\n\nKan ni leverera?",
    "Så här:\n- porten\n- larmet\n-----\nMvh",
    "Texten 'Svara ovanför den här raden' syns två gånger i våra mail. Går det att ta bort?",
    "2 > 1 och a > b\nså är det.",
    "On the other hand, it works.\nOn Monday we wrote to you: nothing.",
    "Check https://firm.example/what-anna-wrote:\nit explains all.",
    "The data comes From: our database, not From: other sources.",
    "Tider:\n2026-01-15 14:30:25\n15.01.2026 14:30\n\nbara exempel.",
    "",
    "   \n\n",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_sentences_that_only_look_like_it(text: str) -> None:
    assert split(text)[0].strip() == text.strip()
    assert split(text)[1] == ""


def test_a_mail_without_a_word_of_its_own() -> None:
    passed_on = (
        "---------- Forwarded message ---------\nFrom: Bo <bo@firm.example>\nDate: today\nSubject: S\n\nDet brinner."
    )
    by_apple = "Begin forwarded message:\n\n> From: Bo <bo@firm.example>\n> Subject: S\n>\n> Det brinner."
    sent_back = "Den 9 jan 2026 kl 10:00 skrev Bo:\n\n> Larmar den?"

    assert split(passed_on) == (passed_on, "")
    assert split(by_apple) == (by_apple, "")
    assert split(sent_back) == ("", sent_back)


@given(
    st.lists(
        st.sampled_from(["Hej", "", "> citat", ">> djupare", "skrev:", *WITH_MARKS.values(), *HEADS.values()]),
        max_size=12,
    )
)
def test_every_line_is_in_one_of_both_in_its_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    new, quoted = split(text)

    words = text.split()
    assert sorted(new.split() + quoted.split()) == sorted(words)
    for half in (new.split(), quoted.split()):
        rest = iter(words)
        assert all(word in rest for word in half)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 500_000,
        "\n" * 1_000_000,
        "On " * 300_000 + "\n",
        "On Friday, 10:00\n" * 60_000,
        "From: a@b.c\n" * 80_000,
        "-" * 1_000_000,
        "skrev:\n" * 100_000,
        "Write your answer " * 50_000,
        "a@" * 400_000,
    ],
    ids=str.__len__,
)
def test_hostile_texts_take_no_time(text: str) -> None:
    found: list[tuple[str, str]] = []

    assert seconds_of(lambda: found.append(split(text))) < 1
    ((new, quoted),) = found
    assert len(new) + len(quoted) >= len(text.strip("\n")) - 2


HTML_QUOTES = [
    '<div class="gmail_quote"><div class="gmail_attr">Den 9 skrev Bo:</div><blockquote>Larmar den?</blockquote></div>',
    '<blockquote type="cite"><div>9 jan. 2026 skrev Bo:</div>Larmar den?</blockquote>',
    '<div class="moz-cite-prefix">Den 9 skrev Bo:</div><blockquote type="cite">Larmar den?</blockquote>',
    '<hr><div id="divRplyFwdMsg"><b>Från:</b> Bo</div><div>Larmar den?</div>',
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">Bo</div><p>Larmar den?</p>',
    '<div class="yahoo_quoted">Den 9 skrev Bo: <div>Larmar den?</div></div>',
    '<div class="protonmail_quote">Den 9 skrev Bo:<blockquote>Larmar den?</blockquote></div>',
]


@pytest.mark.parametrize("quote", HTML_QUOTES)
def test_html_quotes_by_the_marks_of_mail_programs(quote: str) -> None:
    new, quoted = split_html(f"<html><body><p>Ja, den larmar.</p><br>{quote}</body></html>")

    assert "Ja, den larmar." in new
    assert "Larmar den?" not in new
    assert "Larmar den?" in quoted


def test_html_answers_below_and_between_quotes() -> None:
    cite = '<blockquote type="cite">Larmar den?</blockquote>'

    assert split_html(f"{cite}<p>Ja.</p>") == ("<p>Ja.</p>", cite)
    between = f"{cite}<p>Ja.</p>{cite}<p>Igår.</p>"
    assert split_html(between) == (between, "")
    assert split_html("<p>Ja, <b>den</b> larmar.</p>") == ("<p>Ja, <b>den</b> larmar.</p>", "")


@pytest.mark.parametrize(
    "html",
    [
        "<div class=gmail_quote>" * 40_000,
        "<" * 1_000_000,
        "<!--" * 200_000,
        '<blockquote type="cite">a</blockquote>' * 20_000,
        "<style>" * 100_000,
        "<div " * 200_000,
    ],
    ids=str.__len__,
)
def test_hostile_html_takes_no_time(html: str) -> None:
    assert seconds_of(lambda: split_html(html)) < 1


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Ja.\n\n2026/1/5 Anna Ek <anna@firm.example>\n\n> Porten larmar\n", "Ja."),
        ("Yes. On Mon, Jan 5, 2026 at 10:00 AM, anna@firm.example wrote:\n> The gate beeps\n", "Yes."),
        ("Yes--- On Mon, 1/5/26, anna@firm.example wrote:\n\n> The gate beeps\n", "Yes"),
        ("Yes.\n\n------On 01/05/2026 17:32, Anna Ek wrote-----\n\nThe gate beeps\n", "Yes."),
        ("Yes.\n\nExcerpts from Anna's message of Mon Jan 05 09:17:15 +0100 2026:\n> The gate beeps\n", "Yes."),
        (
            "Yes.\n\nOn Mon, Jan 5, 2026 at 10:00, Anna wrote:\n> See the\n<https://firm.example/a.png>\n> picture\n",
            "Yes.",
        ),
    ],
)
def test_rarer_ways_to_quote(text: str, new: str) -> None:
    written, quoted = split(text)
    assert written == new
    assert quoted
    assert "".join((written + quoted).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "The manual says:\n\n2026/1/5 Anna Ek <anna@firm.example>\n\nIs that the one to write to?",
        "> Which page?\nhttps://firm.example/a\n\n> And the other?\nI do not know.",
        "It stopped. On Monday, when I came, Anna wrote:\nrestart it. It did not help.",
    ],
)
def test_what_only_looks_like_the_rarer_ways(text: str) -> None:
    assert split(text) == (text, "")
