"""Forms to begin with, in both languages. Plain data: a form made from one is the portal's own, and can be changed."""

from dataclasses import dataclass
from typing import Any

Words = tuple[str, str]  # Swedish, English


@dataclass(frozen=True)
class ReadyForm:
    """`fields` are as `add_field` takes them, with the key of another field in `depends_on`."""

    name: Words
    description: Words
    fields: tuple[dict[str, Any], ...]


def ask(key: str, kind: str, label: Words, help_: Words = ("", ""), **settings: Any) -> dict[str, Any]:
    words = {"label_sv": label[0], "label_en": label[1], "help_sv": help_[0], "help_en": help_[1]}
    return {"key": key, "kind": kind, **words, **settings}


def choice(value: str, swedish: str, english: str) -> dict[str, str]:
    return {"value": value, "sv": swedish, "en": english}


YES, NO, UNSURE = choice("yes", "Ja", "Yes"), choice("no", "Nej", "No"), choice("unsure", "Vet inte", "I do not know")

# What makes a fault solvable (M2).
FAULT_REPORT = ReadyForm(
    name=("Felrapport", "Fault report"),
    description=(
        "Det som gör ett fel i ett system lösbart: inloggningen, felmeddelandets text, funktionen och vad du gjorde.",
        "What makes a fault in a system solvable: signing in, the text of the error, the function, what you did.",
    ),
    fields=(
        ask(
            "sign_in_page",
            "choice",
            ("Kommer inloggningssidan upp?", "Does the sign-in page appear?"),
            need="always",
            choices=[YES, NO, UNSURE],
        ),
        ask(
            "signed_in",
            "choice",
            ("Kan du logga in?", "Can you sign in?"),
            depends_on="sign_in_page",
            depends_values=["yes"],
            choices=[YES, NO],
        ),
        ask(
            "function",
            "text",
            ("I vilken funktion?", "In which function?"),
            ("Det som står överst på sidan eller i menyn.", "What stands at the top of the page, or in the menu."),
            need="always",
            is_column=True,
        ),
        ask(
            "shows_error",
            "choice",
            ("Visas ett felmeddelande?", "Is an error message shown?"),
            need="always",
            choices=[YES, NO],
        ),
        ask(
            "error_text",
            "long_text",
            ("Felmeddelandets exakta text", "The exact text of the error message"),
            ("Kopiera den, eller skriv av den ord för ord.", "Copy it, or write it down word for word."),
            need="always",
            depends_on="shows_error",
            depends_values=["yes"],
        ),
        ask(
            "done_before",
            "long_text",
            ("Vad gjorde du precis innan?", "What did you do just before?"),
            ("Steg för steg, så att vi kan göra likadant.", "Step by step, so that we can do the same."),
            need="always",
        ),
        ask("since", "date_time", ("När hände det först?", "When did it first happen?"), maximum="today"),
        ask(
            "others",
            "choice",
            ("Händer det för andra också?", "Does it happen to others as well?"),
            choices=[YES, NO, UNSURE],
        ),
    ),
)

# What people not yet known must state (T15), and what a technician asks first.
ALARM_FAULT = ReadyForm(
    name=("Fel på larm", "Alarm fault"),
    description=(
        "Affärsområde, kommun eller företag, anläggning och när felet uppstod. Den ni inte känner måste svara.",
        "Business area, municipality or company, site, and when it occurred. Whoever you do not know must answer.",
    ),
    fields=(
        ask(
            "business_area",
            "choice",
            ("Affärsområde", "Business area"),
            need="unknown",
            choices=[
                choice("fire", "Brandlarm", "Fire alarm"),
                choice("burglar", "Inbrottslarm", "Burglar alarm"),
                choice("access", "Passagesystem", "Access control"),
                choice("personal", "Trygghetslarm", "Personal alarm"),
            ],
            is_column=True,
        ),
        ask("municipality", "organisation", ("Kommun eller företag", "Municipality or company"), need="unknown"),
        ask(
            "site",
            "site",
            ("Anläggning", "Site"),
            ("Till exempel Rådhuset, plan 2.", "For example City hall, floor 2."),
            need="unknown",
            is_column=True,
        ),
        ask(
            "since",
            "date_time",
            ("När uppstod felet?", "When did the fault occur?"),
            need="unknown",
            maximum="today",
        ),
        ask(
            "display",
            "text",
            ("Vad står det på displayen?", "What does the display say?"),
            ("Skriv av texten eller felkoden.", "Write down the text or the fault code."),
        ),
        ask(
            "is_sounding",
            "choice",
            ("Ljuder larmet nu?", "Is the alarm sounding now?"),
            choices=[YES, NO, UNSURE],
        ),
        ask(
            "cause",
            "choice",
            ("Orsak", "Cause"),
            ("Fylls i av den som avslutar ärendet.", "Filled in by whoever closes the ticket."),
            access="internal",
            is_required_to_close=True,
            choices=[
                choice("equipment", "Fel på utrustningen", "Faulty equipment"),
                choice("installation", "Fel i installationen", "Faulty installation"),
                choice("use", "Handhavande", "How it was used"),
                choice("false", "Falsklarm", "False alarm"),
                choice("other", "Annat", "Something else"),
            ],
        ),
    ),
)

ORDER = ReadyForm(
    name=("Beställning", "Order"),
    description=(
        "Vad som beställs, hur många, vart och när, och vem som betalar.",
        "What is ordered, how many, where to and when, and who pays.",
    ),
    fields=(
        ask("article", "text", ("Vad vill du beställa?", "What do you want to order?"), need="always", is_column=True),
        ask("amount", "number", ("Hur många?", "How many?"), need="always", minimum="1", default="1"),
        ask("site", "site", ("Vart ska det?", "Where to?"), need="always"),
        ask("needed_by", "date", ("När behövs det?", "When is it needed?")),
        ask(
            "reference",
            "text",
            ("Er referens på fakturan", "Your reference on the invoice"),
            ("Namn, kostnadsställe eller beställningsnummer.", "A name, a cost centre or an order number."),
        ),
        ask(
            "order_number",
            "text",
            ("Vårt ordernummer", "Our order number"),
            ("Fylls i när ordern är lagd.", "Filled in once the order is placed."),
            access="shown",
        ),
    ),
)

ACCESS_REQUEST = ReadyForm(
    name=("Begäran om behörighet", "Access request"),
    description=(
        "Vem som behöver åtkomst till vad, hur länge, och vem som har godkänt det.",
        "Who needs access to what, for how long, and who has approved it.",
    ),
    fields=(
        ask(
            "concern",
            "choice",
            ("Vilken sorts behörighet gäller det?", "What kind of access is it?"),
            need="always",
            choices=[
                choice("new", "Ny behörighet", "New access"),
                choice("change", "Ändrad behörighet", "Changed access"),
                choice("end", "Behörighet som ska upphöra", "Access that is to end"),
            ],
            is_column=True,
        ),
        ask(
            "person",
            "text",
            ("Vem gäller det?", "Whom is it about?"),
            ("För- och efternamn.", "First and last name."),
            need="always",
        ),
        ask("person_email", "email", ("Personens e-postadress", "The person's mail address")),
        ask(
            "access_to",
            "long_text",
            ("Till vad?", "Access to what?"),
            (
                "System, dörrar eller mappar, och vad personen ska kunna göra.",
                "Systems, doors or folders, and what the person has to be able to do.",
            ),
            need="always",
        ),
        ask("starts", "date", ("Från och med", "From"), need="always"),
        ask(
            "is_limited",
            "checkbox",
            ("Behörigheten ska ta slut ett visst datum", "The access ends on a certain day"),
            depends_on="concern",
            depends_values=["new", "change"],
        ),
        ask("ends", "date", ("Till och med", "Until"), need="always", depends_on="is_limited", depends_values=["yes"]),
        ask("approved_by", "text", ("Vem har godkänt det?", "Who has approved it?"), need="always"),
    ),
)

CHANGE_PROPOSAL = ReadyForm(
    name=("Förslag till ändring", "Change proposal"),
    description=(
        "Hur det är i dag, hur det borde vara och varför, och om lagen kräver det.",
        "How it is today, how it should be and why, and whether the law requires it.",
    ),
    fields=(
        ask("today", "long_text", ("Hur fungerar det i dag?", "How does it work today?"), need="always"),
        ask("wanted", "long_text", ("Hur borde det fungera?", "How should it work?"), need="always"),
        ask(
            "reason",
            "choice",
            ("Varför behövs det?", "Why is it needed?"),
            need="always",
            choices=[
                choice("law", "Lag eller myndighetskrav", "A law, or an authority requires it"),
                choice("function", "Verksamheten fungerar inte utan det", "Our work does not function without it"),
                choice("better", "Det skulle bli bättre", "It would be better"),
            ],
            is_column=True,
        ),
        ask(
            "law",
            "text",
            ("Vilken lag eller vilket krav?", "Which law or requirement?"),
            need="always",
            depends_on="reason",
            depends_values=["law"],
        ),
        ask("gain", "long_text", ("Vad vinner ni på det?", "What do you gain?")),
        ask("needed_by", "date", ("Behövs senast", "Needed by")),
        ask(
            "decision",
            "choice",
            ("Beslut", "Decision"),
            access="shown",
            choices=[
                choice("accepted", "Görs", "Will be done"),
                choice("later", "Kanske senare", "Perhaps later"),
                choice("declined", "Görs inte", "Will not be done"),
            ],
        ),
    ),
)

READY_FORMS: dict[str, ReadyForm] = {
    "fault_report": FAULT_REPORT,
    "alarm_fault": ALARM_FAULT,
    "order": ORDER,
    "access_request": ACCESS_REQUEST,
    "change_proposal": CHANGE_PROPOSAL,
}
