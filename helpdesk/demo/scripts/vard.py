"""After the health-care software house's manual: whoever has a question is led by its kind, and the fault report asks
for what makes a fault solvable."""

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
from helpdesk.demo.scripts.vard_guide import VARD_GUIDE
from helpdesk.demo.scripts.vard_help import VARD_HELP

VARD = DemoPortal(
    slug="vard",
    name="Journalia kundstöd",
    colour="#1f6f54",
    language="sv",
    departments=(
        ("Kundstöd", ""),
        ("Drift", "Kundstöd"),
        ("Utveckling", "Kundstöd"),
    ),
    members={
        "Kundstöd": ("*lead", "agent"),
        "Drift": ("*stina", "agent"),
        "Utveckling": ("*lead", "per"),
    },
    department_details={
        "Utveckling": {"is_public": False},
        "Kundstöd": {
            "signature_sv": "Vänliga hälsningar\nKundstödet på Journalia",
            "signature_en": "Kind regards\nSupport at Journalia",
        },
    },
    staff={
        "agent": "Lina Boman",
        "lead": "Henrik Alm",
        "supportlead": "Birgitta Ros",
        "admin": "Axel Admin",
        "stina": "Stina Hed",
        "per": "Per Utter",
    },
    calendars={
        "Kundstödets tider": DemoCalendar("8-16.30"),
        "Driftjour": DemoCalendar("0-24", "0-24", country="", with_eves=False, departments=("Drift",)),
    },
    levels={
        "Kundstödets svarstider": {
            "urgent": (1, 1, 8),
            "high": (2, 4, 16),
            "medium": (8, 8, 40),
            "low": (16, 16, None),
        },
    },
    organisations={
        "Region Vätterbygd": DemoOrganisation(
            domains=("kund.example",),
            visibility="contact_person",
            sites=("Vårdcentralen Aspen", "Vårdcentralen Linden", "Rehab Norr"),
            administrators=(("Beställningscentralen", "bestallning@kund.example", "036-10 20 30"),),
        ),
        "Åsens omsorg": DemoOrganisation(domains=("asen.example",), sites=("Åsgården",)),
    },
    customers={
        "customer@kund.example": DemoPerson("Maja Sten", "Region Vätterbygd", "036-10 20 31"),
        "colleague@kund.example": DemoPerson("Rolf Tegner", "Region Vätterbygd", "036-10 20 32"),
        "contact@kund.example": DemoPerson("Ingrid Falk", "Region Vätterbygd", "036-10 20 33", is_contact_person=True),
        "sara@asen.example": DemoPerson("Sara Lind", "Åsens omsorg", "0380-44 55 66"),
    },
    access={
        "strangers": "invitation",
        "known_domains": "invitation",
        "phone": "036-19 00 10",
        "phone_hours_sv": "Vardagar 8–16.30; annan tid kopplas akuta fel till jouren",
        "phone_hours_en": "Weekdays 8–16.30; at other times urgent faults go to whoever is on call",
        "on_call_phone": "036-19 00 19",
        "entry_contact_sv": "Vill du kunna lägga ärenden här? Ring 036-19 00 10 på kontorstid, så ordnar vi det.",
        "entry_contact_en": "Would you like to file tickets here? Call 036-19 00 10 in office hours, and we see to it.",
    },
    forms={
        "Felrapport": DemoForm(ready="fault_report"),
        "Förslag till ändring": DemoForm(ready="change_proposal"),
    },
    guide=VARD_GUIDE,
    help=VARD_HELP,
    topics=(
        {
            "slug": "behorighet",
            "names": ("Behörighet och lösenord", "Access rights and passwords"),
            "descriptions": ("Den som gav dig behörigheten hjälper dig", "Whoever gave you access helps you"),
            "icon": "key",
            "department": "Kundstöd",
            "leads_to": "guidance",
            "guidance": (
                (
                    "Vänd dig först till den som gav dig behörigheten, också när du har glömt ditt lösenord.\n\n"
                    "Vet du inte vem det var? I de flesta regioner hjälper beställningscentralen dig vidare. "
                    "Vi på Journalia kan inte se eller ändra vem som har behörighet."
                ),
                (
                    "First turn to whoever gave you access, also when you have forgotten your password.\n\n"
                    "Do you not know who it was? In most regions the order desk helps you on. "
                    "We at Journalia cannot see or change who has access."
                ),
            ),
        },
        {
            "slug": "akut",
            "names": ("Akuta driftfel", "Urgent trouble"),
            "descriptions": (
                "Inloggningssidan kommer inte fram, eller allt står still",
                "No sign-in page, or a standstill",
            ),
            "icon": "phone",
            "department": "Drift",
            "leads_to": "guidance",
            "guidance": (
                (
                    "Ring 036-19 00 10. Utanför kontorstid kopplas samtalet till jouren.\n\n"
                    "Skriv inte ett ärende om det är bråttom: det läses under kontorstid."
                ),
                (
                    "Call 036-19 00 10. Outside office hours the call goes to whoever is on duty.\n\n"
                    "Please do not write a ticket when it is urgent: tickets are read in office hours."
                ),
            ),
        },
        {
            "slug": "felrapport",
            "names": ("Felrapport, inte akut", "Fault report, not urgent"),
            "descriptions": ("Något fungerar inte som det ska", "Something does not work as it should"),
            "icon": "wrench-screwdriver",
            "department": "Kundstöd",
            "form": "Felrapport",
            "checklist": (
                (
                    "Har du provat att logga ut och in igen?\nHar du felmeddelandets exakta text till hands?\n"
                    "Skriv inga uppgifter om patienter."
                ),
                (
                    "Have you tried to sign out and in again?\nDo you have the exact text of the error at hand?\n"
                    "Write nothing about patients."
                ),
            ),
            "is_open_to_wishes": False,
            "wish_answer": (
                "Önskemål om hur systemet ska fungera lämnas under Synpunkter och önskemål. Där läser våra utvecklare.",
                "Wishes about how the system should work belong under Opinions and wishes. Our developers read there.",
            ),
        },
        {
            "slug": "onskemal",
            "names": ("Synpunkter och önskemål", "Opinions and wishes"),
            "descriptions": (
                "Hur systemet är utformat, och vad som kan bli bättre",
                "How it is made, and what to improve",
            ),
            "icon": "light-bulb",
            "department": "Utveckling",
            "form": "Förslag till ändring",
        },
    ),
    addresses=(DemoAddress("support", "felrapport", "Kundstöd"),),
    mails=(
        DemoMail(
            6.5,
            "Karin Dahl",
            "customer@kund.example",
            "support",
            "Utskriften av remisser klipper sista raden",
            "Hej, sedan i går saknas sista raden när vi skriver ut remisser. Det gäller alla skrivare.",
        ),
        DemoMail(
            3.5,
            "Rolf Åkesson",
            "rolf@okandmottagning.example",
            "support",
            "Fråga om journalsystemet",
            "Hur gör man för att byta lösenord?",
        ),
    ),
    stories=(
        Story(
            46,
            "customer@kund.example",
            "felrapport",
            "Felmeddelande när kallelsen ska skrivas ut",
            "Vi kan inte skriva ut kallelser sedan i går eftermiddag. Övriga utskrifter fungerar.",
            {
                "sign_in_page": "yes",
                "signed_in": "yes",
                "function": "Bokning, bilden Kallelser",
                "shows_error": "yes",
                "error_text": "Utskriftsmall 12 saknas (K-204)",
                "done_before": "Jag öppnade bokningen och tryckte på Skriv ut",
            },
            steps=(
                Step(
                    45,
                    "agent",
                    "reply",
                    "Tack för den exakta texten. Mallen försvann vid uppdateringen; vi återställer den.",
                ),
                Step(44, "customer@kund.example", "reply", "Tack. Hör av er när vi kan prova igen."),
            ),
        ),
        Story(
            7,
            "colleague@kund.example",
            "felrapport",
            "Sökningen i vårdplaner hittar inte gamla planer",
            "När jag söker på ett datum före 2024 blir listan tom.",
            {
                "sign_in_page": "yes",
                "signed_in": "yes",
                "function": "Vårdplaner, bilden Sök",
                "shows_error": "no",
                "done_before": "Skrev 2023-05-01 i fältet Från och tryckte på Sök",
            },
        ),
        Story(
            170,
            "sara@asen.example",
            "onskemal",
            "Kunna skriva ut veckans bokningar på en sida",
            "Vi sätter upp veckan på väggen och klistrar i dag ihop tre sidor.",
            {
                "today": "Tre utskrifter, en per två dagar",
                "wanted": "En sida per vecka, liggande",
                "reason": "better",
            },
            steps=(
                Step(
                    150, "lead", "reply", "Tack för förslaget. Vi tar upp det när vi går igenom utskrifterna i januari."
                ),
            ),
        ),
        Story(
            260,
            "customer@kund.example",
            "felrapport",
            "Fel enhet står i sidhuvudet",
            "Det står Rehab Norr fast vi är inloggade på Aspen.",
            {
                "sign_in_page": "yes",
                "function": "Alla bilder",
                "shows_error": "no",
                "done_before": "Loggade in som vanligt",
            },
            steps=(Step(240, "agent", "reply-close", "Rättat i natt. Logga ut och in igen, så visas rätt enhet."),),
        ),
    ),
)
