"""The help centre of `passer`: guides and troubleshooting, working hours, and a training each month (A1, A2)."""

from helpdesk.demo.scripts.parts import DemoActivity, DemoHelp, DemoMessage, DemoOccasion

PASSER_HELP = DemoHelp(
    welcome=(
        "Alla vägar till oss är bemannade på helgfria vardagar. Här hittar du guiderna dygnet runt.",
        "All ways to us are staffed on working days. The guides are here around the clock.",
    ),
    services=(
        (("Portvakten på webben", "Portvakten on the web"), ("fel",)),
        (("Synkronisering till undersystem", "Synchronisation to subsystems"), ("fel",)),
    ),
    messages=(
        DemoMessage(
            "planned",
            "down",
            ("Portvakten på webben stängs för byte av server", "Portvakten on the web closes for a new server"),
            (
                "Dörrar och kort fungerar som vanligt. Nya kort når dörrarna när det är klart.",
                "Doors and cards work as usual. New cards reach the doors when it is done.",
            ),
            begins=44,
            lasts=3,
            time="22:00",
            services=(0, 1),
        ),
    ),
    activities=(
        DemoActivity(
            "training",
            ("Kom igång med Portvakten", "Get started with Portvakten"),
            (
                "Gratis varje månad: kort, grupper, tider och den vanligaste felsökningen. Ta med dina frågor.",
                "Free each month: cards, groups, hours and the most common troubleshooting. Bring your questions.",
            ),
            (
                DemoOccasion(
                    9,
                    "13:00",
                    90,
                    2,
                    link="https://meet.passer.example/start",
                    host="lead",
                    booked=("colleague@kund.example", "reception@bruket.example", "contact@kund.example"),
                ),
                DemoOccasion(37, "13:00", 90, 10, link="https://meet.passer.example/start", host="lead"),
                DemoOccasion(65, "13:00", 90, 10, link="https://meet.passer.example/start", host="agent"),
            ),
            audience="everybody",
        ),
    ),
)
