"""What has been left lying on the access-control company's portal, whose agreements promise different times."""

from helpdesk.demo.scripts.parts import Step, Story

STALE = (
    Story(
        195,
        "reception@bruket.example",
        "fel",
        "Besökskorten slutar gälla redan vid lunch",
        "Kort som vi lägger upp för en dag slutar att fungera klockan tolv.",
        {"product": "cards"},
        priority="medium",
    ),
    Story(
        99,
        "colleague@kund.example",
        "fel",
        "Dörren till cykelrummet öppnar för alla kort",
        "Alla kort öppnar cykelrummet, också de som inte ska komma in där.",
        {"product": "doors", "site": "Kvarnen 2"},
        priority="high",
        steps=(Step(98.5, "lead", "claim"), Step(50, "colleague@kund.example", "nudge")),
    ),
    Story(
        240,
        "contact@kund.example",
        "fel",
        "Läsaren i garaget tappar kontakten varje vecka",
        "Det här är tredje gången. Ni startade om den förra gången och då höll det i fem dagar.",
        {"product": "doors", "site": "Garaget"},
        priority="medium",
        steps=(
            Step(236, "agent", "reply", "Vi har startat om läsaren och ser den igen. Håller det nu?"),
            Step(228, "contact@kund.example", "reply", "Ja, tack. Hör av oss om det kommer tillbaka."),
            Step(220, "agent", "third-party", to="Nätleverantören"),
        ),
    ),
    Story(
        170,
        "reception@bruket.example",
        "behorighet",
        "Konto till vår nya fastighetsskötare",
        "Hon ska kunna lägga upp kort och se händelser för hela huset.",
        {
            "concern": "new",
            "person": "Alva Sjö",
            "access_to": "Bruket, alla dörrar",
            "starts": "2026-12-01",
            "approved_by": "Receptionen",
        },
        steps=(
            Step(166, "noor", "reply", "Vi behöver hennes mejladress för att lägga upp kontot."),
            Step(164, "reception@bruket.example", "reply", "Den får hon först på sin första dag."),
            Step(163, "noor", "snooze", to="-150"),
        ),
    ),
    Story(
        260,
        "customer@kund.example",
        "fel",
        "Vilka kort har öppnat vid lastkajen?",
        "Vi behöver en lista över korten som öppnat lastkajen den senaste månaden.",
        {"product": "web"},
        steps=(Step(255, "agent", "reply", "Gäller det en viss dörr, eller båda vid lastkajen?"),),
    ),
)
