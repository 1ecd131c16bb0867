"""Where the access-control company's customers turn: by how many stand outside (M1, A2)."""

from helpdesk.demo.scripts.parts import DemoAnswer, DemoQuestion

PASSER_GUIDE = {
    "kind": DemoQuestion(
        ("Vad gäller det?", "What is it about?"),
        answers=(
            DemoAnswer(("En dörr eller läsare", "A door or reader"), "many"),
            DemoAnswer(
                ("Kort och behörigheter", "Cards and access"),
                "article",
                article="lagg-upp-ett-nytt-kort",
                examples=(("Vi har fått en ny hyresgäst.", "We have a new tenant."),),
            ),
            DemoAnswer(
                ("Något annat fungerar inte", "Something else does not work"),
                "form",
                topic="fel",
                examples=(("Portvakten på webben är långsam.", "Portvakten on the web is slow."),),
            ),
        ),
    ),
    "many": DemoQuestion(
        ("Hur många drabbas?", "How many are affected?"),
        answers=(
            DemoAnswer(
                ("En person", "One person"),
                "article",
                article="dorren-oppnar-inte-for-ett-kort",
                examples=(("Mitt kort blinkar rött.", "My card blinks red."),),
            ),
            DemoAnswer(
                ("Ett helt hus eller fler", "A whole building or more"),
                "phone",
                words=(
                    "Ring på kontorstid. Skriv också ett ärende, så har ni det samlat.",
                    "Call in office hours. Write a ticket as well, so that it is all in one place.",
                ),
                examples=(("Ingen kommer in i garaget.", "Nobody gets into the garage."),),
            ),
        ),
    ),
}
