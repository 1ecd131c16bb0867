"""After the alarm company's manual: an open portal, where filing registers you."""

from typing import Any

from helpdesk.demo.scripts.larm_stale import STALE
from helpdesk.demo.scripts.parts import (
    DemoAddress,
    DemoCalendar,
    DemoForm,
    DemoMail,
    DemoOrganisation,
    DemoPerson,
    DemoPortal,
    Step,
    Story,
)

AREAS = (
    ("fire", "Brandlarm", "Fire alarm"),
    ("burglar", "Inbrottslarm", "Burglar alarm"),
    ("access", "Passagesystem", "Access control"),
    ("personal", "Trygghetslarm", "Personal alarm"),
)


def form(area: str, *own: dict[str, Any], fault: bool = True, site: str = "unknown") -> DemoForm:
    """What everybody may tell and people not yet known have to (T15), then the topic's own questions."""
    return DemoForm(
        fields=(
            {
                "key": "business_area",
                "kind": "choice",
                "label_sv": "Affärsområde",
                "label_en": "Business area",
                "need": "unknown",
                "choices": [{"value": value, "sv": sv, "en": en} for value, sv, en in AREAS],
                "default": area,
            },
            {
                "key": "municipality",
                "kind": "organisation",
                "label_sv": "Kommun eller företag",
                "label_en": "Municipality or company",
                "need": "unknown",
            },
            {
                "key": "site",
                "kind": "site",
                "label_sv": "Anläggning",
                "label_en": "Site",
                "help_sv": "Till exempel Rådhuset, plan 2",
                "help_en": "For example City hall, floor 2",
                "need": site,
                "is_column": True,
            },
            *([SINCE] if fault else []),
            *own,
        )
    )


SINCE = {
    "key": "since",
    "kind": "date_time",
    "label_sv": "När inträffade felet?",
    "label_en": "When did the fault occur?",
    "need": "unknown",
    "maximum": "today",
}
DISPLAY = {
    "key": "display",
    "kind": "text",
    "label_sv": "Vad står det på displayen?",
    "label_en": "What does the display say?",
}
SCOPE = {
    "key": "scope",
    "kind": "choice",
    "label_sv": "Vad berörs?",
    "label_en": "What is affected?",
    "need": "always",
    "choices": [
        {"value": "one", "sv": "Ett kort eller en dörr", "en": "One card or one door"},
        {"value": "some", "sv": "Flera kort eller dörrar", "en": "Several cards or doors"},
        {"value": "all", "sv": "Hela anläggningen", "en": "The whole site"},
    ],
}
DANGER = {
    "key": "danger",
    "kind": "checkbox",
    "label_sv": "Någon kan inte larma just nu",
    "label_en": "Somebody cannot raise an alarm right now",
}
REFERENCE = {"key": "reference", "kind": "text", "label_sv": "Er referens", "label_en": "Your reference"}
AMOUNT = {"key": "amount", "kind": "number", "label_sv": "Antal", "label_en": "Quantity", "minimum": "1"}


def national(area: str, department: str) -> dict[str, Any]:
    """Tickets of people not yet known go to the national team of their business area (T16)."""
    name = next(sv for value, sv, _en in AREAS if value == area)
    return {
        "name": f"Ny kund: {name.lower()}",
        "conditions": [
            {"fact": "organisation", "operator": "empty", "values": []},
            {"fact": "field:business_area", "operator": "is", "values": [area]},
            {"fact": "topic", "operator": "is_not", "values": ["salj", "order"]},
        ],
        "department": department,
        "tags": ["ny kund"],
    }


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
        ("Inbrottslarm Malmö", "Inbrottslarm nationell"),
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
        "Inbrottslarm Malmö": ("*olle", "johan"),
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
    calendars={
        "Kontorstid": DemoCalendar("8-17"),
        "Jour dygnet runt": DemoCalendar(
            "0-24",
            "0-24",
            country="",
            with_eves=False,
            departments=("Brandlarm nationell", "Inbrottslarm nationell", "Trygghetslarm"),
        ),
    },
    absences=(("maria", "johan", -2, 9),),
    levels={
        "Efter hur bråttom det är": {
            "urgent": (1, 2, 8),
            "high": (2, 4, 24),
            "medium": (4, 8, 72),
            "low": (8, 16, 120),
        },
    },
    organisations={
        "Åby kommun": DemoOrganisation(
            "Brandlarm Malmö",
            ("kund.example",),
            visibility="contact_person",
            sites=("Rådhuset", "Kulturhuset", "Solhöjd", "Badhuset"),
            exceptions={"salj": ""},
        ),
        "Hamnbolaget": DemoOrganisation(domains=("hamnbolaget.example",), sites=("Magasin 4", "Kaj 2")),
        "Brf Tallen": DemoOrganisation(domains=("tallen.example",), sites=("Hus A", "Hus B", "Hus C")),
    },
    customers={
        "customer@kund.example": DemoPerson("Anna Holm", "Åby kommun", "040-10 00 01"),
        "colleague@kund.example": DemoPerson("Bo Lindgren", "Åby kommun", "040-10 00 02"),
        "contact@kund.example": DemoPerson("Cecilia Falk", "Åby kommun", "040-10 00 03", is_contact_person=True),
        "per@hamnbolaget.example": DemoPerson("Per Nyström", "Hamnbolaget", "040-10 00 00"),
        "sofia@tallen.example": DemoPerson("Sofia Ek", "Brf Tallen"),
        "ola@strandby.example": DemoPerson("Ola Brandt", "", "0410-20 30 40"),
    },
    access={
        "strangers": "open",
        "known_domains": "open",
        "phone": "040-10 20 30",
        "phone_hours_sv": "Dygnet runt vid akuta larmfel",
        "phone_hours_en": "Day and night for urgent faults of alarms",
    },
    forms={
        "Brandlarm": form("fire", DISPLAY, site="always"),
        "Inbrottslarm": form("burglar", site="always"),
        "Sälj": form("", fault=False),
        "Order": form("", REFERENCE, AMOUNT, fault=False),
        "Passagesystem": form("access", SCOPE),
        "Trygghetslarm": form("personal", DANGER),
    },
    topics=(
        {
            "slug": "brandlarm",
            "names": ("Brandlarm", "Fire alarm"),
            "descriptions": (
                "Fel på centralapparat, detektorer eller sirener",
                "Faults in panels, detectors or sirens",
            ),
            "icon": "fire",
            "department": "Brandlarm nationell",
            "form": "Brandlarm",
            "checklist": (
                "Ring alltid 112 om det brinner.\nSkriv av det som står på displayen innan du återställer.",
                "Always call 112 if there is a fire.\nWrite down what the display says before you reset it.",
            ),
        },
        {
            "slug": "inbrottslarm",
            "names": ("Inbrottslarm", "Burglar alarm"),
            "descriptions": ("Larm som inte går att koppla till eller från", "Alarms that will not arm or disarm"),
            "icon": "shield-check",
            "department": "Inbrottslarm nationell",
            "form": "Inbrottslarm",
        },
        {
            "slug": "salj",
            "names": ("Kontakta vår säljorganisation", "Contact our sales team"),
            "descriptions": ("Offert, rådgivning eller ny anläggning", "A quote, advice or a new site"),
            "icon": "chat-bubble-left-right",
            "department": "Sälj",
            "form": "Sälj",
        },
        {
            "slug": "order",
            "names": ("Order", "Order"),
            "descriptions": ("Beställ delar eller följ en beställning", "Order parts or follow an order"),
            "icon": "shopping-cart",
            "department": "Order",
            "form": "Order",
        },
        {
            "slug": "passagesystem",
            "names": ("Passagesystem", "Access control"),
            "descriptions": ("Läsare, kort och dörrar", "Readers, cards and doors"),
            "icon": "identification",
            "department": "Passagesystem",
            "form": "Passagesystem",
        },
        {
            "slug": "trygghetslarm",
            "names": ("Trygghetslarm", "Personal alarm"),
            "descriptions": ("Larmknappar och mottagare", "Alarm buttons and receivers"),
            "icon": "bell-alert",
            "department": "Trygghetslarm",
            "form": "Trygghetslarm",
        },
    ),
    tables={
        "Brandlarm: lokalt team": {
            "Malmö": "Brandlarm Malmö",
            "Malmö stad": "Brandlarm Malmö",
            "Lunds kommun": "Brandlarm Malmö",
            "Göteborg": "Brandlarm Göteborg",
            "Göteborgs stad": "Brandlarm Göteborg",
            "Mölndals stad": "Brandlarm Göteborg",
            "Hamnbolaget": "Brandlarm Göteborg",
        },
    },
    rules=(
        {
            "name": "Någon kan inte larma",
            "conditions": [{"fact": "field:danger", "operator": "filled", "values": []}],
            "priority": "urgent",
            "tags": ["fara"],
        },
        national("fire", "Brandlarm nationell"),
        national("burglar", "Inbrottslarm nationell"),
        national("access", "Passagesystem"),
        national("personal", "Trygghetslarm"),
        {
            "name": "Brandlarm hos kända kunder: lokalt team",
            "conditions": [
                {"fact": "organisation", "operator": "filled", "values": []},
                {"fact": "topic", "operator": "is", "values": ["brandlarm"]},
                {"fact": "field:municipality", "operator": "filled", "values": []},
            ],
            "table": "Brandlarm: lokalt team",
            "table_fact": "field:municipality",
        },
    ),
    addresses=(
        DemoAddress("support", "brandlarm", "Kundtjänst"),
        DemoAddress("info", "salj"),
        DemoAddress("order", "order", "Order", priority="medium"),
        DemoAddress("service", "inbrottslarm", "Inbrottslarm nationell", priority="high"),
    ),
    mails=(
        DemoMail(
            9.5,
            "Sofia Ek",
            "sofia@tallen.example",
            "order",
            "Beställning: sex batterier till rökdetektorer",
            "Hej!\n\nVi behöver sex batterier av samma sort som förra gången, till hus A och B.\n\nHälsningar\nSofia",
        ),
        DemoMail(
            4.6,
            "Eva Nyhem",
            "eva@nyhem.example",
            "support",
            "Sirenen i trapphuset tjuter utan orsak",
            "Hej, sirenen i trapphus 2 har tjutit två gånger i dag utan att något har hänt. Se bilden på panelen.",
            html=(
                "<p>Hej, sirenen i trapphus 2 har tjutit <b>två gånger i dag</b> utan att något har hänt. "
                "Se bilden på panelen.</p>"
            ),
            file="panelen.png",
        ),
        DemoMail(
            3.2,
            "Per Nyström",
            "per@hamnbolaget.example",
            "support",
            "Sv: [#{number}] Två passerkort fungerar inte efter bytet av läsare",
            "Det gäller även kort 4480, märkte vi nyss.\n\n"
            "Den 20 november skrev Nordlarm support:\n> Vilka serienummer står på baksidan av de två korten?",
            about="Två passerkort fungerar inte efter bytet av läsare",
        ),
        DemoMail(
            2.9,
            "Per Nyström",
            "per@hamnbolaget.example",
            "support",
            "Autosvar: [#{number}] Två passerkort fungerar inte efter bytet av läsare",
            "Jag är på kurs till och med fredag och läser mejl en gång om dagen.",
            about="Två passerkort fungerar inte efter bytet av läsare",
            headers={"Auto-Submitted": "auto-replied"},
        ),
        DemoMail(
            2.4,
            "Vaktmästeriet",
            "vaktmasteri@magasinet.example",
            "support",
            "Re: [#{number}] Två passerkort fungerar inte efter bytet av läsare",
            "Per bad mig skriva. Läsaren vid magasin 4 blinkar rött när kort 4471 hålls mot den.",
            about="Två passerkort fungerar inte efter bytet av läsare",
        ),
        DemoMail(
            1.7,
            "Elin Lund",
            "agent@larm.example",
            "support",
            "Ändra kontonumret på fakturorna i dag",
            "Hej, byt kontonummer på alla fakturor till det bifogade. Det är bråttom. / Elin",
        ),
        DemoMail(
            1.2,
            "Larmbranschen",
            "nyhetsbrev@larmbranschen.example",
            "info",
            "Nyhetsbrev november: nya regler för utrymningslarm",
            "Läs om de nya reglerna och om vårens mässa.",
            headers={"List-Unsubscribe": "<mailto:av@larmbranschen.example>", "Precedence": "bulk"},
        ),
        DemoMail(
            0.8,
            "Ola Brandt",
            "ola@strandby.example",
            "jour",
            "Kan ni ringa upp mig?",
            "Jag når er inte på telefon. Ring gärna 0410-20 30 40 efter klockan 15.",
        ),
    ),
    stories=(
        *STALE,
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
            {"business_area": "burglar", "municipality": "Strandby friskola", "site": "Skolan Öster"},
            channel="guest",
        ),
        Story(
            31,
            "ola@strandby.example",
            "brandlarm",
            "Rökdetektor i matsalen larmar utan rök",
            "Tredje gången den här veckan. Vi har fått tömma matsalen varje gång.",
            {"business_area": "fire", "municipality": "Strandby friskola", "site": "Matsalen"},
            channel="guest",
            steps=(
                Step(30, "agent", "note", "Strandby ligger hos Malmö."),
                Step(29.9, "agent", "transfer", to="Brandlarm Malmö"),
            ),
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
            {"municipality": "Malmö", "site": "Hus A"},
        ),
    ),
)
