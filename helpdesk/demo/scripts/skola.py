"""After the school-software company's manual: access is applied for, and colleagues are added to tickets."""

from accounts.enums import PasswordPolicy
from helpdesk.demo.scripts.parts import (
    DemoAddress,
    DemoApplication,
    DemoCalendar,
    DemoMail,
    DemoOrganisation,
    DemoPerson,
    DemoPortal,
    Step,
    Story,
)
from helpdesk.demo.scripts.skola_guide import SKOLA_GUIDE
from helpdesk.demo.scripts.skola_help import SKOLA_HELP

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
    calendars={
        "Helgfria vardagar": DemoCalendar("8-16"),
    },
    levels={
        "Svar samma dag": {
            "urgent": (2, 4, 16),
            "high": (4, 8, None),
            "medium": (8, 8, None),
            "low": (8, 8, None),
        },
    },
    organisations={
        "Björkdals kommun": DemoOrganisation(
            domains=("kund.example",),
            agreement="Kommun",
            visibility="contact_person",
            administrators=(("Eva Sund", "contact@kund.example", "0500-11 22 35"),),
        ),
        "Friskolan Linden": DemoOrganisation(
            "Elevregister",
            ("linden.example",),
            "Fristående skola",
            administrators=(("Petra Lind", "rektor@linden.example", "0500-44 55 66"),),
        ),
        "Sandvikens friskola": DemoOrganisation(domains=("sandviken.example",), agreement="Kommun"),
    },
    customers={
        "customer@kund.example": DemoPerson("Annika Dahl", "Björkdals kommun", "0500-11 22 33", is_named_contact=True),
        "colleague@kund.example": DemoPerson("Jonas Wik", "Björkdals kommun", "0500-11 22 34", is_named_contact=True),
        "contact@kund.example": DemoPerson(
            "Eva Sund", "Björkdals kommun", "0500-11 22 35", is_named_contact=True, is_contact_person=True
        ),
        "rektor@linden.example": DemoPerson("Petra Lind", "Friskolan Linden", is_named_contact=True),
    },
    access={
        "strangers": "application",
        "known_domains": "application",
        "refuses_private_addresses": True,
        "contacts_may_invite": False,
        "entry_contact_sv": "Är du elev, vårdnadshavare eller personal? Vänd dig till din kommun eller skola.",
        "entry_contact_en": "Are you a pupil, a guardian or staff? Ask your municipality or school.",
    },
    password_policy=PasswordPolicy.COMPOSED,
    agreements=(
        {"name": "Kommun", "contact_limit": 5, "level": "Svar samma dag"},
        {"name": "Fristående skola", "contact_limit": 1, "level": "Svar samma dag"},
    ),
    applications=(
        DemoApplication(
            30,
            "malin@sandviken.example",
            "Malin Rask",
            "Sandvikens friskola",
            "026-10 20 30",
            "Jag är ny central administratör efter Lars, som har slutat.",
        ),
        DemoApplication(
            4,
            "kurt@linden.example",
            "Kurt Alm",
            "Friskolan Linden",
            "0500-44 55 67",
            "Vill kunna följa rektorns ärenden.",
        ),
        DemoApplication(
            2,
            "info@okandskola.example",
            "Ida Holt",
            "Okända skolan",
            "",
            "Vi funderar på att bli kunder.",
        ),
    ),
    guide=SKOLA_GUIDE,
    help=SKOLA_HELP,
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
    addresses=(
        DemoAddress(
            "support",
            "arendeformular",
            retired=(
                "Vi tar emot ärenden i portalen. Där ser du vad vi behöver veta, och kollegor kan följa ärendet.",
                "We take tickets in the portal. There you see what we need to know, and colleagues can follow them.",
            ),
        ),
    ),
    mails=(
        DemoMail(
            3.5,
            "Annika Svensson",
            "customer@kund.example",
            "support",
            "Lösenord till en ny lärare",
            "Hej, vi har fått en ny lärare i 5A som behöver komma åt schemat.",
        ),
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
