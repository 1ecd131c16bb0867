"""After the planning-software company's manual: named contacts only, as many as the agreement says."""

from helpdesk.demo.scripts.parts import (
    DemoAddress,
    DemoCalendar,
    DemoMail,
    DemoOrganisation,
    DemoPerson,
    DemoPortal,
    Step,
    Story,
)
from helpdesk.demo.scripts.plan_guide import PLAN_GUIDE
from helpdesk.demo.scripts.plan_help import PLAN_HELP

PLAN = DemoPortal(
    slug="plan",
    name="Strategen teknisk support",
    colour="#0b6b53",
    language="sv",
    departments=(("Teknisk support", ""), ("Meetings", "Teknisk support"), ("Kundansvariga", "")),
    members={
        "Teknisk support": ("*lead", "agent", "hanna"),
        "Meetings": ("*hanna", "agent"),
        "Kundansvariga": ("*supportlead", "kristian"),
    },
    staff={
        "agent": "Amir Haddad",
        "lead": "Josefin Krans",
        "supportlead": "Bengt Ask",
        "admin": "Lena Admin",
        "hanna": "Hanna Sjö",
        "kristian": "Kristian Falk",
    },
    calendars={
        "Helgfria vardagar": DemoCalendar("8-17"),
    },
    levels={
        "Första svar inom fyra timmar": {
            "urgent": (4, 8, None),
            "high": (4, 8, None),
            "medium": (4, 8, None),
            "low": (4, 8, None),
        },
    },
    organisations={
        "Granviks kommun": DemoOrganisation(
            "Teknisk support",
            ("kund.example",),
            "Standard",
            visibility="contact_person",
            administrators=(
                ("Ingrid Moberg", "customer@kund.example", "0300-12 34 01"),
                ("Tomas Brink", "contact@kund.example", "0300-12 34 03"),
            ),
            provider={"account_manager": ("Kristian Falk", "kristian@plan.example", "08-120 45 10")},
        ),
        "Region Norrdal": DemoOrganisation(
            "Teknisk support",
            ("norrdal.example",),
            "Enterprise",
            visibility="everybody",
            administrators=(("Rut Ahl", "rut@norrdal.example", "0600-70 80 90"),),
            provider={
                "account_manager": ("Kristian Falk", "kristian@plan.example", "08-120 45 10"),
                "success_manager": ("Sanna Lilja", "sanna@plan.example", "08-120 45 11"),
                "project_leader": ("Viktor Noren", "viktor@plan.example", "08-120 45 12"),
            },
            notes="Pågående projekt om målstyrning till och med mars.",
        ),
        "Mötesbolaget": DemoOrganisation("Meetings", ("motesbolaget.example",), "Meetings"),
    },
    customers={
        "customer@kund.example": DemoPerson("Ingrid Moberg", "Granviks kommun", "0300-12 34 01", is_named_contact=True),
        "colleague@kund.example": DemoPerson("Stina Olin", "Granviks kommun", "0300-12 34 02"),
        "contact@kund.example": DemoPerson(
            "Tomas Brink", "Granviks kommun", "0300-12 34 03", is_named_contact=True, is_contact_person=True
        ),
        "rut@norrdal.example": DemoPerson(
            "Rut Ahl", "Region Norrdal", "0600-70 80 90", is_named_contact=True, is_contact_person=True
        ),
        "david@norrdal.example": DemoPerson("David Ros", "Region Norrdal", is_named_contact=True),
        "nadja@motesbolaget.example": DemoPerson("Nadja Frisk", "Mötesbolaget", "08-440 50 60"),
    },
    guide=PLAN_GUIDE,
    help=PLAN_HELP,
    topics=(
        {
            "slug": "fel",
            "names": ("Felanmälan", "Report a fault"),
            "descriptions": (
                "Oväntat fel, eller något som har slutat fungera",
                "An unexpected error, or something that stopped working",
            ),
            "department": "Teknisk support",
            "questions": (
                {
                    "key": "place",
                    "kind": "text",
                    "label": ("Var i systemet ser du problemet?", "Where in the system do you see the problem?"),
                    "required": True,
                },
                {
                    "key": "urgent",
                    "kind": "checkbox",
                    "label": ("Vi har en kort deadline", "We have a deadline very soon"),
                },
            ),
        },
        {
            "slug": "beteende",
            "names": ("Systemet gör inte som manualen säger", "The system does not do what the manual says"),
            "descriptions": (
                "Du har följt manualen och gjort inställningarna",
                "You followed the manual and made the settings",
            ),
            "department": "Teknisk support",
        },
        {
            "slug": "meetings",
            "names": ("Meetings", "Meetings"),
            "descriptions": ("Kallelser, protokoll och närvaro", "Invitations, minutes and attendance"),
            "department": "Meetings",
        },
        {
            "slug": "resursplanering",
            "names": ("Resursplanering", "Resource planning"),
            "descriptions": ("Bemanning, beläggning och frånvaro", "Staffing, workload and absences"),
            "department": "Teknisk support",
        },
        {
            "slug": "onskemal",
            "names": ("Önskemål om manualen", "Wishes for the manual"),
            "descriptions": ("Något du saknar i manualen", "Something you miss in the manual"),
            "department": "Teknisk support",
        },
    ),
    addresses=(
        DemoAddress("support", "fel"),
        DemoAddress("meetings", "meetings", "Meetings", priority="medium"),
    ),
    mails=(
        DemoMail(
            5.5,
            "Nadja Frisk",
            "nadja@motesbolaget.example",
            "meetings",
            "Protokollet visar fel mötesdatum",
            "Hej! I protokollet från i tisdags står onsdagens datum. Kallelsen är rätt.",
        ),
        DemoMail(
            2.5,
            "Yngve Holm",
            "yngve@utanforavtal.example",
            "support",
            "Hjälp med målkort",
            "Vi ser inte förra årets mål längre.",
        ),
    ),
    stories=(
        Story(
            26,
            "customer@kund.example",
            "fel",
            "Oväntat fel när delårsrapporten låses",
            "När jag trycker på Lås rapport visas ”Oväntat fel”. Det gäller alla nämnder. Bilder kommer.",
            {"place": "Rapporter, delår 2", "urgent": "yes"},
            priority="high",
            steps=(
                Step(24.5, "agent", "reply", "Hej Ingrid! Vi ser felet i loggen. Vilken webbläsare använder du?"),
                Step(22, "customer@kund.example", "reply", "Edge, senaste versionen. Samma sak i Chrome."),
                Step(21, "agent", "note", "Troligen låst av nattens omräkning, se 1187."),
            ),
        ),
        Story(
            3,
            "contact@kund.example",
            "beteende",
            "Ny användare ser inte sin enhet",
            "Jag har lagt till en ny användare enligt manualen, men enheten syns inte i menyn.",
        ),
        Story(
            75,
            "rut@norrdal.example",
            "fel",
            "Diagrammet i målkortet är tomt",
            "Diagrammet i målkort 4.2 har varit tomt sedan i fredags. Tabellen bredvid är riktig.",
            {"place": "Målkort 4.2"},
            steps=(
                Step(73, "hanna", "reply", "Hej Rut! Vi har hittat felet och rättar det i kväll."),
                Step(72, "rut@norrdal.example", "share", to="david@norrdal.example"),
                Step(71, "david@norrdal.example", "reply", "Tack, då väntar vi med utskicket till i morgon."),
            ),
        ),
        Story(
            200,
            "david@norrdal.example",
            "onskemal",
            "Bild saknas i kapitlet om årshjul",
            "Steg 3 i kapitlet om årshjul skulle vara lättare att förstå med en bild.",
            steps=(Step(198, "agent", "reply-close", "Tack David! Bilden finns i manualen nu."),),
        ),
        Story(
            50,
            "nadja@motesbolaget.example",
            "meetings",
            "Kallelsen gick ut två gånger",
            "Kallelsen till styrelsemötet den 3 december gick ut två gånger till samma personer.",
            steps=(Step(46.5, "hanna", "reply", "Hej Nadja! Det berodde på ett driftstopp. Inget mer går ut."),),
        ),
        Story(
            100,
            "customer@kund.example",
            "beteende",
            "Underenheterna följer inte med i rapporten",
            "Jag har bockat för underenheter, men bara förvaltningen syns.",
            steps=(Step(98.5, "agent", "reply-close", "Hej Ingrid! Enheterna saknade period. De syns nu."),),
        ),
        Story(
            122,
            "rut@norrdal.example",
            "fel",
            "Utkastet sparas inte",
            "Knappen blir grå och texten är borta när jag kommer tillbaka.",
            {"place": "Rapporter, utkast"},
            steps=(Step(119, "hanna", "reply-close", "Hej Rut! Felet är rättat sedan i förmiddags."),),
        ),
        Story(
            146,
            "contact@kund.example",
            "fel",
            "Export till kalkylblad blir tom",
            "Filen har rubriker men inga rader. Det gäller bara Barn och utbildning.",
            {"place": "Rapporter, Exportera"},
            steps=(Step(145, "agent", "reply-close", "Hej Tomas! En spärr låg kvar. Prova igen nu."),),
        ),
        Story(
            170,
            "nadja@motesbolaget.example",
            "meetings",
            "Bilagan går inte att öppna",
            "Bilaga 4 till årsmötet ger en tom sida.",
            steps=(Step(168.5, "hanna", "reply-close", "Hej Nadja! Bilagan är inläst på nytt."),),
        ),
        Story(
            246,
            "david@norrdal.example",
            "beteende",
            "Påminnelsen går till fel person",
            "Enligt manualen går påminnelsen till den ansvariga, men den går till mig.",
            steps=(Step(243.5, "agent", "reply-close", "Hej David! Den gamla rollen låg kvar. Nu är den borta."),),
        ),
        Story(
            290,
            "customer@kund.example",
            "fel",
            "Trafikljuset visar grönt utan värde",
            "Målet har inget utfall men är grönt.",
            {"place": "Målkort 1.3"},
            steps=(Step(289, "hanna", "reply-close", "Hej Ingrid! Gränsvärdet var noll. Det är ändrat."),),
        ),
    ),
    access={
        "strangers": "invitation",
        "known_domains": "invitation",
        "phone": "08-120 45 00",
        "phone_hours_sv": "Helgfria vardagar 8–17, endast akuta ärenden",
        "phone_hours_en": "Working days 8–17, urgent matters only",
        "entry_contact_sv": "Är du inte kund än? Ring 08-120 45 10.",
        "entry_contact_en": "Not a customer yet? Call 08-120 45 10.",
    },
    agreements=(
        {"name": "Standard", "contact_limit": 2, "level": "Första svar inom fyra timmar"},
        {"name": "Enterprise", "contact_limit": 10, "level": "Första svar inom fyra timmar"},
        {
            "name": "Meetings",
            "contact_limit": None,
            "shows_phone": False,
            "level": "Första svar inom fyra timmar",
        },
        {
            "name": "Resursplanering",
            "contact_limit": None,
            "shows_phone": False,
            "level": "Första svar inom fyra timmar",
        },
    ),
    invitations=(("elsa@norrdal.example", "Elsa Lund", "Region Norrdal"),),
)
