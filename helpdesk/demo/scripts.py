"""What the demo portals are made of. Data only; `building.py` walks them through the doors."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing that happened on a demo ticket, `hours` before now. `who` is a mail address's first part."""

    hours: float
    who: str
    what: str  # reply, note, close, claim, transfer
    text: str = ""
    to: str = ""


@dataclass(frozen=True)
class Story:
    hours: float
    who: str
    topic: str
    subject: str
    body: str
    answers: dict[str, str] = field(default_factory=dict)
    channel: str = "portal"
    priority: str = "medium"
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class DemoPortal:
    slug: str
    name: str
    colour: str
    language: str
    departments: tuple[tuple[str, str], ...]  # name, parent; the first is the default
    members: dict[str, tuple[str, ...]]  # department → agents, the lead first with "*"
    staff: dict[str, str]  # mail name → name
    organisations: dict[str, str]  # name → responsible department, or ""
    customers: dict[str, tuple[str, str, str]]  # address → name, organisation, phone
    topics: tuple[dict[str, Any], ...]
    stories: tuple[Story, ...]


WHERE = {
    "key": "site",
    "kind": "text",
    "label": ("Anläggning", "Site"),
    "help": ("Till exempel Rådhuset, plan 2", "For example City hall, floor 2"),
}
SINCE = {"key": "since", "kind": "date_time", "label": ("När började felet?", "When did it begin?")}

LARM = DemoPortal(
    slug="larm",
    name="Nordlarm support",
    colour="#00618e",
    language="sv",
    departments=(
        ("Kundtjänst", ""),
        ("Brandlarm nationell", "Kundtjänst"),
        ("Brandlarm Malmö", "Brandlarm nationell"),
        ("Brandlarm Göteborg", "Brandlarm nationell"),
        ("Inbrottslarm nationell", "Kundtjänst"),
        ("Passagesystem", "Kundtjänst"),
        ("Trygghetslarm", "Kundtjänst"),
        ("Order", "Kundtjänst"),
        ("Sälj", "Kundtjänst"),
    ),
    members={
        "Kundtjänst": ("*supportlead", "agent"),
        "Brandlarm nationell": ("*lead", "agent"),
        "Brandlarm Malmö": ("*lead", "agent", "olle"),
        "Brandlarm Göteborg": ("*johan",),
        "Inbrottslarm nationell": ("*lead", "agent", "johan"),
        "Passagesystem": ("*johan", "agent", "maria"),
        "Trygghetslarm": ("*maria", "agent"),
        "Order": ("*olle", "agent"),
        "Sälj": ("*supportlead",),
    },
    staff={
        "agent": "Elin Lund",
        "lead": "Karin Nordin",
        "supportlead": "Göran Ek",
        "admin": "Sara Admin",
        "olle": "Olle Persson",
        "johan": "Johan Strand",
        "maria": "Maria Kjellberg",
    },
    organisations={"Åby kommun": "Brandlarm Malmö", "Hamnbolaget": "", "Brf Tallen": ""},
    customers={
        "customer@kund.example": ("Anna Holm", "Åby kommun", "040-10 00 01"),
        "colleague@kund.example": ("Bo Lindgren", "Åby kommun", "040-10 00 02"),
        "contact@kund.example": ("Cecilia Falk", "Åby kommun", "040-10 00 03"),
        "per@hamnbolaget.example": ("Per Nyström", "Hamnbolaget", "040-10 00 00"),
        "sofia@tallen.example": ("Sofia Ek", "Brf Tallen", ""),
        "ola@strandby.example": ("Ola Brandt", "", "0410-20 30 40"),
    },
    topics=(
        {
            "slug": "brandlarm",
            "names": ("Brandlarm", "Fire alarm"),
            "descriptions": (
                "Fel på centralapparat, detektorer eller sirener",
                "Faults in panels, detectors or sirens",
            ),
            "department": "Brandlarm nationell",
            "questions": (
                {**WHERE, "required": True},
                SINCE,
                {
                    "key": "display",
                    "kind": "text",
                    "label": ("Vad står det på displayen?", "What does the display say?"),
                },
            ),
        },
        {
            "slug": "inbrottslarm",
            "names": ("Inbrottslarm", "Burglar alarm"),
            "descriptions": ("Larm som inte går att koppla till eller från", "Alarms that will not arm or disarm"),
            "department": "Inbrottslarm nationell",
            "questions": ({**WHERE, "required": True}, SINCE),
        },
        {
            "slug": "salj",
            "names": ("Kontakta vår säljorganisation", "Contact our sales team"),
            "descriptions": ("Offert, rådgivning eller ny anläggning", "A quote, advice or a new site"),
            "department": "Sälj",
        },
        {
            "slug": "order",
            "names": ("Order", "Order"),
            "descriptions": ("Beställ delar eller följ en beställning", "Order parts or follow an order"),
            "department": "Order",
            "questions": (
                {"key": "reference", "kind": "text", "label": ("Er referens", "Your reference")},
                {"key": "amount", "kind": "number", "label": ("Antal", "Quantity")},
            ),
        },
        {
            "slug": "passagesystem",
            "names": ("Passagesystem", "Access control"),
            "descriptions": ("Läsare, kort och dörrar", "Readers, cards and doors"),
            "department": "Passagesystem",
            "questions": (
                WHERE,
                {
                    "key": "scope",
                    "kind": "choice",
                    "label": ("Vad berörs?", "What is affected?"),
                    "required": True,
                    "choices": (
                        ("one", "Ett kort eller en dörr", "One card or one door"),
                        ("some", "Flera kort eller dörrar", "Several cards or doors"),
                        ("all", "Hela anläggningen", "The whole site"),
                    ),
                },
            ),
        },
        {
            "slug": "trygghetslarm",
            "names": ("Trygghetslarm", "Personal alarm"),
            "descriptions": ("Larmknappar och mottagare", "Alarm buttons and receivers"),
            "department": "Trygghetslarm",
            "questions": (
                WHERE,
                SINCE,
                {
                    "key": "danger",
                    "kind": "checkbox",
                    "label": ("Någon kan inte larma just nu", "Somebody cannot raise an alarm right now"),
                },
            ),
        },
    ),
    stories=(
        Story(
            51,
            "customer@kund.example",
            "brandlarm",
            "Centralapparaten piper sedan i natt, displayen är svart",
            "Det piper sedan i natt och displayen är svart. Vi har inte ändrat något.",
            {"site": "Rådhuset, plan 2", "display": "Ingenting, den är svart"},
            priority="high",
            steps=(
                Step(
                    49,
                    "agent",
                    "reply",
                    "Hej! Vi har bokat en tekniker till torsdag förmiddag. Tysta summern med knapp 3 så länge.",
                ),
                Step(48.5, "agent", "note", "Samma fel som hos Hamnbolaget i mars: nätaggregatet."),
                Step(
                    47,
                    "customer@kund.example",
                    "reply",
                    "Nu piper den igen, kan någon komma i dag? Vi har vernissage klockan 17.",
                ),
            ),
        ),
        Story(
            7.2,
            "per@hamnbolaget.example",
            "passagesystem",
            "Två passerkort fungerar inte efter bytet av läsare",
            "Hej! Sedan läsaren vid magasin 4 byttes går två av korten inte att använda. Övriga fungerar som vanligt.",
            {"site": "Magasin 4", "scope": "some"},
            steps=(
                Step(6.8, "johan", "note", "Fel facilitetskod i den nya läsaren?"),
                Step(
                    6.6,
                    "johan",
                    "reply",
                    "Hej Per! Vilka serienummer står på baksidan av de två korten? Då kan vi rätta det på distans.",
                ),
                Step(5.9, "per@hamnbolaget.example", "reply", "Serienumren är 4471 och 4472."),
            ),
        ),
        Story(
            6.7,
            "sofia@tallen.example",
            "order",
            "Order: fyra rökdetektorer till hus C",
            "Vi behöver fyra optiska rökdetektorer av samma sort som förra året. Offert 1182.",
            {"reference": "Styrelsen", "amount": "4"},
        ),
        Story(
            28,
            "colleague@kund.example",
            "trygghetslarm",
            "Larmknapp på avdelning 3 ger ingen kvittens",
            "Knappen i rum 12 lyser grönt, men ingen kvittens kommer. De andra knapparna fungerar.",
            {"site": "Solhöjd, avdelning 3"},
            priority="high",
            steps=(
                Step(
                    27,
                    "agent",
                    "reply",
                    "Tack, vi har sett det i loggen. Kan du prova att hålla knappen inne i fem sekunder?",
                ),
            ),
        ),
        Story(
            3.2,
            "ola@strandby.example",
            "inbrottslarm",
            "Felkod 31 vid tillkoppling av skalskydd",
            "När vi larmar på kommer felkod 31 och skalskyddet kopplas inte till.",
            {"site": "Skolan Öster"},
            channel="guest",
        ),
        Story(
            340,
            "customer@kund.example",
            "brandlarm",
            "Årlig provning vecka 46",
            "Vi vill boka årlig provning av brandlarmet i Rådhuset och Kulturhuset.",
            {"site": "Rådhuset och Kulturhuset"},
            priority="low",
            steps=(
                Step(
                    330,
                    "agent",
                    "reply",
                    "Hej Anna! Onsdag 11 november klockan 9 passar oss. Säg till om det inte går.",
                ),
                Step(320, "customer@kund.example", "reply", "Det blir bra, tack!"),
                Step(
                    160,
                    "agent",
                    "reply-close",
                    "Provningen är gjord utan anmärkning. Protokollet ligger i pärmen vid centralapparaten.",
                ),
            ),
        ),
        Story(
            200,
            "sofia@tallen.example",
            "passagesystem",
            "Ny tagg till städbolaget",
            "Vi har bytt städbolag och behöver en ny tagg med tillträde till trapphusen.",
            {"scope": "one"},
            steps=(
                Step(190, "maria", "reply", "Taggen är skickad i dag och fungerar från i morgon klockan 6."),
                Step(180, "sofia@tallen.example", "close"),
            ),
        ),
        Story(
            96,
            "per@hamnbolaget.example",
            "salj",
            "Offert på kameror vid kaj 2",
            "Vi vill ha en offert på fyra kameror med inspelning vid kaj 2, gärna före årsskiftet.",
        ),
        Story(
            122,
            "contact@kund.example",
            "brandlarm",
            "Vill ändra kontaktperson för larmcentralen",
            "Bo Lindgren ska stå som första kontakt hos larmcentralen från den 1 december.",
            {"site": "Alla"},
            priority="low",
        ),
        Story(
            0.3,
            "sofia@tallen.example",
            "brandlarm",
            "Kallelse: årlig provning vecka 49",
            "Passar det att ni kommer tisdag vecka 49? Vi behöver avisera de boende en vecka innan.",
            {"site": "Hus A–C"},
        ),
    ),
)

SKOLA = DemoPortal(
    slug="skola",
    name="Kritan kundportal",
    colour="#7a3e9d",
    language="sv",
    departments=(
        ("Support", ""),
        ("Schema", "Support"),
        ("Elevregister", "Support"),
        ("Konsulter", "Support"),
    ),
    members={
        "Support": ("*supportlead", "agent"),
        "Schema": ("*lead", "agent"),
        "Elevregister": ("*lead", "agent", "nils"),
        "Konsulter": ("*supportlead",),
    },
    staff={
        "agent": "Fatima Ståhl",
        "lead": "Mikael Berg",
        "supportlead": "Ulla Grahn",
        "admin": "Tove Admin",
        "nils": "Nils Håkansson",
    },
    organisations={"Björkdals kommun": "", "Friskolan Linden": "Elevregister"},
    customers={
        "customer@kund.example": ("Annika Dahl", "Björkdals kommun", "0500-11 22 33"),
        "colleague@kund.example": ("Jonas Wik", "Björkdals kommun", "0500-11 22 34"),
        "contact@kund.example": ("Eva Sund", "Björkdals kommun", "0500-11 22 35"),
        "rektor@linden.example": ("Petra Lind", "Friskolan Linden", ""),
    },
    topics=(
        {
            "slug": "arendeformular",
            "names": ("Sverige – Ärendeformulär", "Sweden – Ticket form"),
            "descriptions": ("Fel och frågor i skolans system", "Faults and questions in the school's systems"),
            "department": "Support",
            "questions": (
                {
                    "key": "product",
                    "kind": "choice",
                    "label": ("Vilket system gäller det?", "Which system is it about?"),
                    "required": True,
                    "choices": (
                        ("register", "Elevregister", "Pupil register"),
                        ("schedule", "Schema", "Timetable"),
                        ("grades", "Betyg", "Grades"),
                    ),
                },
                {
                    "key": "error",
                    "kind": "long_text",
                    "label": ("Felmeddelandets exakta text", "The exact text of the error"),
                },
            ),
        },
        {
            "slug": "schema",
            "names": ("Schemaläggning", "Timetabling"),
            "descriptions": ("Hjälp inför läsårets schema", "Help with next year's timetable"),
            "department": "Schema",
            "questions": ({"key": "before", "kind": "date", "label": ("Behövs senast", "Needed by")},),
        },
        {
            "slug": "konsult",
            "names": ("Boka konsult", "Book a consultant"),
            "descriptions": ("Utbildning eller hjälp på plats", "Training or help on site"),
            "department": "Konsulter",
        },
        {
            "slug": "onskemal",
            "names": ("Lagkrav och önskemål", "Legal needs and wishes"),
            "descriptions": ("Det som måste ändras i produkten", "What has to change in the product"),
            "department": "Support",
        },
    ),
    stories=(
        Story(
            30,
            "customer@kund.example",
            "arendeformular",
            "Betyg för årskurs 9 går inte att låsa",
            "När jag trycker på Lås visas ett fel och inget händer. Det gäller alla klasser i årskurs 9.",
            {"product": "grades", "error": "Åtgärden kunde inte slutföras (kod 412)."},
            priority="high",
            steps=(
                Step(28, "agent", "reply", "Hej Annika! Vi ser felet. Kan du skriva vilken skola det gäller först?"),
                Step(26, "customer@kund.example", "reply", "Björkskolan, och samma sak på Ekskolan."),
            ),
        ),
        Story(
            5,
            "colleague@kund.example",
            "schema",
            "Lov syns som lektionsdagar i schemat",
            "Vecka 8 visas som vanlig vecka trots att lovet är inlagt.",
            {"before": "2026-12-01"},
        ),
        Story(
            150,
            "rektor@linden.example",
            "arendeformular",
            "Elever saknas efter importen",
            "Sju elever i 4B saknas efter nattens import från huvudmannen.",
            {"product": "register"},
            steps=(
                Step(
                    148,
                    "nils",
                    "reply",
                    "Tack! Personnumren hade ett mellanslag i filen. Jag har läst in dem igen, ser du dem nu?",
                ),
                Step(146, "rektor@linden.example", "reply", "Ja, nu är alla med."),
                Step(145, "nils", "reply-close", "Fint, då stänger jag ärendet."),
            ),
        ),
        Story(
            78,
            "contact@kund.example",
            "konsult",
            "Utbildning i betygsmodulen för nya rektorer",
            "Vi har tre nya rektorer och vill ha en halvdag på plats i januari.",
        ),
        Story(
            54,
            "customer@kund.example",
            "onskemal",
            "Ändrade regler för frånvarorapport från årsskiftet",
            "Från årsskiftet ska rapporten innehålla giltig frånvaro per vecka. När är det på plats?",
            steps=(
                Step(
                    52, "agent", "reply", "Hej! Det kommer i version 5.2, som släpps den 9 december. Räcker det för er?"
                ),
            ),
        ),
    ),
)

PORTALS = (LARM, SKOLA)
