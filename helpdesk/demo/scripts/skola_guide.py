"""Where the school-software company's people turn: central administrators to support, everybody else to them (I2)."""

from helpdesk.demo.scripts.parts import DemoAnswer, DemoQuestion

SKOLA_GUIDE = {
    "who": DemoQuestion(
        ("Vem är du?", "Who are you?"),
        answers=(
            DemoAnswer(("Central administratör", "Central administrator"), "what"),
            DemoAnswer(
                ("Elev, vårdnadshavare eller personal", "Pupil, guardian or staff"),
                "own_administrators",
                words=(
                    "Fråga din skola eller kommun: de har en central administratör, som hjälper dig eller frågar oss.",
                    "Ask your school or municipality: their central administrator helps you, or asks us.",
                ),
                examples=(("Jag ser inte mitt barns betyg.", "I cannot see my child's grades."),),
            ),
            DemoAnswer(
                ("Jag ska bli administratör", "I am to become an administrator"),
                "article",
                article="vem-ska-ha-konto-i-kundportalen",
            ),
        ),
    ),
    "what": DemoQuestion(
        ("Vad gäller det?", "What is it about?"),
        answers=(
            DemoAnswer(
                ("Ett fel eller en fråga om systemen", "A fault or question about the systems"),
                "form",
                topic="arendeformular",
                examples=(("Läraren ser inte sin klass.", "The teacher cannot see her class."),),
            ),
            DemoAnswer(("Hjälp med läsårets schema", "Help with the year's timetable"), "form", topic="schema"),
            DemoAnswer(
                ("Ett önskemål som inte är lagkrav", "A wish that the law does not require"),
                "advice",
                words=(
                    "Lämna det till er kundansvarige. Lagkrav och hinder i arbetet tar vi som ärende.",
                    "Leave it with your account manager. What the law requires, or hinders work, we take as a ticket.",
                ),
            ),
        ),
    ),
}
