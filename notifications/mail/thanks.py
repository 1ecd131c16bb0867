"""Does a mail say thank you and nothing else? Such a mail reopens no ticket; the guess is shown."""

import re

from notifications.mail.quote_words import CLOSING, SENT_FROM

LONGEST = 600
MOST_WORDS = 25

THANKS = frozenset(
    "tack tackar tusen thanks thank thankyou thx ty danke vielen merci takk tak mange kiitos kiitoksia bedankt dank "
    "dankjewel gracias grazie dziękuję dziekuje dzięki obrigado obrigada cheers tackså".split()
)
# Words that may stand beside it without saying anything more.
BESIDE = frozenset(
    # Swedish
    "så mycket för hjälpen hjälp snabb snabba snabbt svar svaret återkoppling återkopplingen information informationen "
    "info det den nu fungerar funkar funkade fungerade löste löst sig är klart bra toppen perfekt suveränt super "
    "jättebra utmärkt kanon fint härligt snällt hej hejsan hallå igen alla er dig ni du vi jag stort hemskt och det "
    "allt "
    "ha en trevlig helg dag kväll fortsatt ok okej mvh vh hälsningar hälsning vänliga vänlig med vänligen bästa på ert "
    "ditt er din besked beskedet stödet support supporten fixade fixat ordnade ordnat bekräftelsen oj wow åter "
    "tillbaka "
    # English
    "you so very much many a lot for your the help quick fast prompt swift reply response answer support assistance "
    "update info information it works working now that this worked fixed solved did trick great perfect awesome "
    "excellent wonderful brilliant fantastic hi hello hey dear all good nice have weekend day everything is fine again "
    "we i appreciate appreciated really got sorted resolved team guys regards best kind warm and to be well done issue "
    "problem has been kindly okay much as usual "
    # German
    "schön sehr für die ihre deine schnelle hilfe antwort rückmeldung unterstützung es funktioniert jetzt wieder alles "
    "gut prima klappt hallo guten tag liebe grüße viele herzliche herzlichen besten und nochmals information "
    # French, Norwegian, Danish, Finnish, Dutch, Spanish, Italian, Polish, Portuguese
    "beaucoup pour votre ton aide réponse rapide bonjour ça marche parfait bien "
    "for hjelpen hjelp hjælpen hjælp skal du ha det fungerer virker nå hei svaret supert raskt hurtigt "
    "paljon avusta avustanne vastauksesta toimii hyvin moi hei nyt "
    "je wel u voor de hulp snelle reactie antwoord het werkt hartelijk heel erg "
    "muchas por su tu ayuda la respuesta hola perfecto funciona mil "
    "mille per il tuo vostro aiuto risposta ciao perfetto funziona "
    "bardzo za pomoc szybką odpowiedź działa dzień dobry "
    "muito pela ajuda resposta olá funciona perfeito".split()
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
CONTRACTION = re.compile(r"^(?:it|that|all|everything)['’]s$|^i['’]m$", re.I)
BEFORE_NAMES = frozenset("hej hi hello hallo hey dear mycket much you dank".split())
NAME = re.compile(r"[A-ZÅÄÖÆØÜÉ]\w+$")


def is_thanks(text: str) -> bool:
    """Is this (the new text, without quotes) a plain thank-you in any of our languages?

    Every word must be one that adds nothing; a question, a number, a negation, anything unknown makes it a reply to
    be read. Names beside a greeting or the thanks, closings and signatures do not count. When in doubt: False, and the
    ticket reopens.
    """
    if len(text) > LONGEST:
        return False
    said = _without_closing(text)
    if "?" in text or re.search(r"\d|https?:|@", said) or re.search(r"^\s*p\.?s\b", text, re.I | re.M):
        return False
    words = WORD.findall(said)
    if not 0 < len(words) <= MOST_WORDS or not any(word.lower() in THANKS for word in words):
        return False
    strange = [place for place, word in enumerate(words) if not _adds_nothing(word)]
    return all(_is_name(words, place) for place in strange) and len(strange) <= 3


def _without_closing(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if line.strip() == "--" or SENT_FROM.match(line):
            break
        if kept and CLOSING.match(line) and not _thanks(line):
            break
        if line.strip():
            kept.append(line)
    if len(kept) > 1 and not _thanks(kept[-1]) and _is_signed(kept[-1]):
        kept.pop()
    return "\n".join(kept)


def _thanks(line: str) -> bool:
    return any(word.lower() in THANKS for word in WORD.findall(line))


def _is_signed(line: str) -> bool:
    """A name alone in the last line."""
    words = WORD.findall(line)
    return 0 < len(words) <= 3 and all(NAME.match(word) for word in words) and not line.rstrip().endswith((".", "!"))


def _adds_nothing(word: str) -> bool:
    low = word.lower()
    return low in THANKS or low in BESIDE or bool(CONTRACTION.match(word))


def _is_name(words: list[str], place: int) -> bool:
    """`Hej Anders`, `Tack Anna Ek`: a capital behind a greeting, the thanks, or another name."""
    if not NAME.match(words[place]):
        return False
    before = words[place - 1] if place else ""
    if before.lower() in THANKS | BEFORE_NAMES:
        return True
    return bool(NAME.match(before)) and before.lower() not in BESIDE
