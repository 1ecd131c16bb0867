"""After the access-control company's manual: the customer chooses the priority with its definitions in view; by mail it
begins low, and an agent revises it."""

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
from helpdesk.demo.scripts.passer_guide import PASSER_GUIDE
from helpdesk.demo.scripts.passer_help import PASSER_HELP
from helpdesk.demo.scripts.passer_stale import STALE

PASSER = DemoPortal(
    slug="passer",
    name="Portvakten support",
    colour="#8a4b08",
    language="sv",
    departments=(
        ("Support", ""),
        ("Behörigheter", "Support"),
        ("System", "Support"),
    ),
    members={
        "Support": ("*lead", "agent"),
        "Behörigheter": ("*agent", "lead", "noor"),
        "System": ("*lead", "noor"),
    },
    staff={
        "agent": "Emil Dahlin",
        "lead": "Sofie Krantz",
        "supportlead": "Anders Wall",
        "admin": "Mona Admin",
        "noor": "Noor Aziz",
    },
    calendars={
        "Helgfria vardagar": DemoCalendar("9-17", with_eves=False),
    },
    absences=(("noor", "agent", -1, 12),),
    levels={
        "Svar inom två arbetsdagar": {
            "urgent": (8, 8, 24),
            "high": (16, 16, 40),
            "medium": (16, 16, 80),
            "low": (16, 16, None),
        },
        "Svar samma dag, brådskande inom en timme": {
            "urgent": (1, 1, 8),
            "high": (4, 4, 16),
            "medium": (8, 8, 40),
            "low": (8, 8, 80),
        },
    },
    organisations={
        "Fastighets AB Kvarnen": DemoOrganisation(
            domains=("kund.example",),
            agreement="Stor",
            visibility="contact_person",
            sites=("Kvarnen 1", "Kvarnen 2", "Garaget"),
        ),
        "Bruket kontorshotell": DemoOrganisation(domains=("bruket.example",), agreement="Bas", sites=("Bruket",)),
    },
    customers={
        "customer@kund.example": DemoPerson("Oskar Lindh", "Fastighets AB Kvarnen", "08-20 30 41"),
        "colleague@kund.example": DemoPerson("Tilda Ring", "Fastighets AB Kvarnen", "08-20 30 42"),
        "contact@kund.example": DemoPerson("Eva Kvarn", "Fastighets AB Kvarnen", "08-20 30 43", is_contact_person=True),
        "reception@bruket.example": DemoPerson("Receptionen", "Bruket kontorshotell", "08-66 77 88"),
    },
    access={
        "strangers": "open",
        "known_domains": "open",
        "phone": "08-19 00 40",
        "phone_hours_sv": "Helgfria vardagar 9–17",
        "phone_hours_en": "Working days 9–17",
    },
    agreements=(
        {"name": "Bas", "level": "Svar inom två arbetsdagar"},
        {"name": "Stor", "level": "Svar samma dag, brådskande inom en timme"},
    ),
    priorities={
        "use": "chosen",
        "default": "low",
        "by_channel": {"mail": "low"},
        "definitions": {
            "low": (
                "Ett mindre fel, eller en fråga. Få personer märker det och arbetet går vidare.",
                "A small fault, or a question. Few people notice it, and work goes on.",
                "En dörr öppnar inte för en person som borde ha tillträde. Ett nytt konto ska läggas upp.",
                "One door does not open for one person who should have access. A new account is wanted.",
            ),
            "medium": (
                "En del av en funktion är borta, men det går att komma runt felet. Få personer drabbas.",
                "Part of a function is gone, but there is a way around it. Few people are affected.",
                "Nya kort når inte dörrarna. De kort som redan är ute fungerar.",
                "New cards do not reach the doors. Cards already handed out work.",
            ),
            "high": (
                "En funktion är borta och arbete står still. Många personer drabbas.",
                "A function is gone and work stands still. Many people are affected.",
                "Portvakten går inte att logga in i, eller kort som fungerade i går släpper inte in någon.",
                "Nobody can sign in to Portvakten, or cards that worked yesterday let nobody in.",
            ),
            "urgent": (
                "Flera system är nere på en gång och felsökning måste börja nu.",
                "Several systems are down at once and the search must begin now.",
                "Både inloggningen och dörrarna är utslagna i flera hus.",
                "Both signing in and the doors are out in several buildings.",
            ),
        },
    },
    forms={
        "Fel": DemoForm(
            fields=(
                {
                    "key": "product",
                    "kind": "choice",
                    "label_sv": "Vilken del gäller det?",
                    "label_en": "Which part is it about?",
                    "need": "always",
                    "choices": [
                        {"value": "cards", "sv": "Kort och behörigheter", "en": "Cards and access rights"},
                        {"value": "doors", "sv": "Dörrar och läsare", "en": "Doors and readers"},
                        {"value": "web", "sv": "Portvakten på webben", "en": "Portvakten on the web"},
                    ],
                    "is_column": True,
                },
                {"key": "site", "kind": "site", "label_sv": "Vilket hus?", "label_en": "Which building?"},
                {
                    "key": "card",
                    "kind": "text",
                    "label_sv": "Kortets nummer",
                    "label_en": "The card's number",
                    "help_sv": "Åtta siffror på baksidan",
                    "help_en": "Eight digits on the back",
                    "pattern": r"\d{8}",
                    "pattern_message_sv": "Skriv kortets åtta siffror.",
                    "pattern_message_en": "Write the card's eight digits.",
                    "depends_on": "product",
                    "depends_values": ["cards"],
                },
                {
                    "key": "cause",
                    "kind": "choice",
                    "label_sv": "Orsak",
                    "label_en": "Cause",
                    "access": "internal",
                    "is_required_to_close": True,
                    "choices": [
                        {"value": "use", "sv": "Handhavande", "en": "Use"},
                        {"value": "fault", "sv": "Fel hos oss", "en": "Our fault"},
                        {"value": "other", "sv": "Annat", "en": "Something else"},
                    ],
                },
            ),
        ),
        "Behörighet": DemoForm(ready="access_request"),
    },
    guide=PASSER_GUIDE,
    help=PASSER_HELP,
    topics=(
        {
            "slug": "fel",
            "names": ("Anmäl ett fel", "Report a fault"),
            "descriptions": ("Dörrar, kort eller Portvakten på webben", "Doors, cards or Portvakten on the web"),
            "icon": "wrench-screwdriver",
            "department": "Support",
            "form": "Fel",
        },
        {
            "slug": "behorighet",
            "names": ("Ny behörighet eller nytt konto", "A new access right or account"),
            "descriptions": ("Till dörrar eller till Portvakten", "To doors or to Portvakten"),
            "icon": "key",
            "department": "Behörigheter",
            "form": "Behörighet",
            "priority": "low",
        },
        {
            "slug": "utbildning",
            "names": ("Utbildning varje månad", "Training every month"),
            "descriptions": ("Gratis, och du bokar själv", "Free, and you book it yourself"),
            "icon": "academic-cap",
            "department": "Support",
            "leads_to": "guidance",
            "guidance": (
                (
                    "Varje månad går vi igenom Portvakten på nätet. Välj Bokning överst på sidan, så ser du dagarna "
                    "som kommer. Är det fullt ställer du dig på väntelistan."
                ),
                (
                    "Every month we go through Portvakten online. Choose Booking at the top of the page to see the "
                    "coming dates. If one is full, join its waiting list."
                ),
            ),
        },
    ),
    rules=(
        {
            "name": "Dörrar och läsare",
            "conditions": [{"fact": "field:product", "operator": "is", "values": ["doors"]}],
            "department": "Support",
        },
        {
            "name": "Kort och behörigheter",
            "conditions": [{"fact": "field:product", "operator": "is", "values": ["cards"]}],
            "department": "Behörigheter",
        },
        {
            "name": "Portvakten på webben",
            "conditions": [{"fact": "field:product", "operator": "is", "values": ["web"]}],
            "department": "System",
            "tags": ["webben"],
        },
    ),
    addresses=(
        DemoAddress("support", "fel"),
        DemoAddress("utbildning", "utbildning", language="sv"),
    ),
    mails=(
        DemoMail(
            4.5,
            "Tina Berg",
            "tina@storgatan.example",
            "support",
            "Dörren mot gården låser sig inte",
            "Dörren mot gården går i lås först efter en minut. Det började i morse.",
        ),
    ),
    stories=(
        *STALE,
        Story(
            5,
            "customer@kund.example",
            "fel",
            "Garageporten släpper inte in någon sedan i morse",
            "Ingen kommer in i garaget med sitt kort. Alla parkerar på gatan.",
            {"product": "doors", "site": "Garaget"},
            priority="high",
            steps=(Step(4.5, "agent", "reply", "Vi ser att läsaren tappat kontakten. En tekniker är på väg."),),
        ),
        Story(
            26,
            "reception@bruket.example",
            "fel",
            "Nytt kort fungerar inte",
            "Kortet som kom i går ger rött ljus på alla dörrar.",
            {"product": "cards", "card": "10024471"},
            channel="mail",
            steps=(
                Step(25.5, "agent", "priority", "Gäller nya kort i hela huset, inte bara ett.", to="medium"),
                Step(25, "agent", "reply", "Tack för numret. Nya kort når inte dörrarna just nu; vi arbetar med det."),
            ),
        ),
        Story(
            50,
            "colleague@kund.example",
            "behorighet",
            "Ny kollega behöver tillträde till Kvarnen 2",
            "Hon börjar på måndag och ska kunna komma in dygnet runt.",
            {
                "concern": "new",
                "person": "Lova Berg",
                "access_to": "Kvarnen 2, alla dörrar",
                "starts": "2026-11-30",
                "approved_by": "Eva Kvarn",
            },
        ),
        Story(
            220,
            "customer@kund.example",
            "fel",
            "Listan över händelser är tom",
            "I Portvakten visas inga händelser för förra veckan.",
            {"product": "web"},
            priority="low",
            steps=(
                Step(219, "noor", "answers", to="cause=fault"),
                Step(218, "noor", "reply-close", "Händelserna är tillbaka. Ett lagringsjobb hade stannat."),
            ),
        ),
    ),
)
