"""The help centre of `skola`: what the customer portal is for, tips before filing, consultants to book (I1, I9)."""

from helpdesk.demo.scripts.parts import DemoActivity, DemoHelp, DemoMessage, DemoOccasion

SKOLA_HELP = DemoHelp(
    tips=(
        (
            "Ett ärende per fråga.\nSkriv felmeddelandet ordagrant, och när det kom.\n"
            "Lägg till kollegor som ska följa ärendet.\nSkriv inga personnummer.\n"
            "Mer att tänka på: [Vad bör jag tänka på innan jag skickar ett ärende?]"
            "(/help/vad-bor-jag-tanka-pa-innan-jag-skickar-ett-arende/)"
        ),
        (
            "One ticket for each question.\nWrite the error message word for word, and when it came.\n"
            "Add colleagues who should follow the ticket.\nWrite no personal numbers.\n"
            "More to think of: [What should I think of before I send a ticket?]"
            "(/help/vad-bor-jag-tanka-pa-innan-jag-skickar-ett-arende/)"
        ),
    ),
    services=(
        (("Elevregister", "Pupil register"), ("arendeformular",)),
        (("Schema", "Timetable"), ("schema",)),
        (("Betyg", "Grades"), ("arendeformular",)),
    ),
    messages=(
        DemoMessage(
            "disturbance",
            "partly",
            ("Betyg visas sent i vårdnadshavarnas app", "Grades show late in the guardians' app"),
            (
                "Betyg som publiceras i dag visas först i morgon. I webben syns de direkt.",
                "Grades published today show tomorrow. On the web they show at once.",
            ),
            begins=-5,
            services=(2,),
            updates=((4, ("Leverantören av appen arbetar med det.", "The app's supplier works on it.")),),
        ),
        DemoMessage(
            "planned",
            "notice",
            ("Ny version av elevregistret", "New version of the pupil register"),
            ("Inget avbrott. Sökningen har fått nya filter.", "No interruption. Searching has new filters."),
            begins=-200,
            lasts=2,
            services=(0,),
        ),
    ),
    activities=(
        DemoActivity(
            "consultation",
            ("Onlinekonsult: läsårsskifte", "Online consultant: the change of school year"),
            (
                "Femtio minuter med en konsult som går igenom läsårsskiftet med er. Ha registret öppet.",
                "Fifty minutes with a consultant who takes you through the change of year. Have the register open.",
            ),
            tuple(
                DemoOccasion(days, time, 50, 1, link="https://meet.skola.example/konsult", host="nils")
                for days, time in ((4, "09:00"), (4, "10:00"), (11, "09:00"), (11, "13:00"), (18, "09:00"))
            ),
        ),
        DemoActivity(
            "training",
            ("Webbinarium: nya betygsvyn", "Webinar: the new view of grades"),
            ("En timme om vad som är nytt, med frågor.", "An hour on what is new, with questions."),
            (DemoOccasion(14, "15:00", 60, 100, link="https://meet.skola.example/betyg", host="agent"),),
        ),
    ),
)
