"""Where the health-care software house's users turn: by the kind of trouble, and by how much it hurries (M1, S8)."""

from helpdesk.demo.scripts.parts import DemoAnswer, DemoQuestion

VARD_GUIDE = {
    "kind": DemoQuestion(
        ("Vad behöver du hjälp med?", "What do you need help with?"),
        help=("Välj det som ligger närmast.", "Choose what comes closest."),
        answers=(
            DemoAnswer(("Behörighet eller lösenord", "Access or a password"), "access"),
            DemoAnswer(("Något fungerar inte", "Something does not work"), "hurry"),
            DemoAnswer(
                ("En synpunkt eller ett önskemål", "An opinion or a wish"),
                "form",
                topic="onskemal",
                words=(
                    "Skriv hur du arbetar i dag och vad som skulle göra det lättare. Våra utvecklare läser allt.",
                    "Write how you work today and what would make it easier. Our developers read all of it.",
                ),
                examples=(
                    ("Kan listan över besök sorteras efter mottagning?", "Can visits be sorted by clinic?"),
                    ("Jag har ett förslag om remissbilden.", "I have an idea about the referral page."),
                ),
            ),
        ),
    ),
    "access": DemoQuestion(
        ("Vad gäller din behörighet?", "What about your access?"),
        answers=(
            DemoAnswer(
                ("Jag har glömt mitt lösenord", "I have forgotten my password"),
                "own_administrators",
                words=(
                    "Den som gav dig behörigheten ger dig också ett nytt lösenord. Ha ditt användarnamn till hands.",
                    "Whoever gave you access also gives you a new password. Have your user name at hand.",
                ),
                examples=(("Mitt lösenord har slutat gälla.", "My password has run out."),),
            ),
            DemoAnswer(
                ("Jag behöver se eller göra mer", "I need to see or do more"),
                "own_administrators",
                words=(
                    "Vad du får se bestäms där du arbetar. Vi kan varken se eller ändra det.",
                    "What you may see is decided where you work. We can neither see nor change it.",
                ),
                examples=(("Jag är ny och kommer inte åt bokningen.", "I am new and cannot open the bookings."),),
            ),
        ),
    ),
    "hurry": DemoQuestion(
        ("Hur bråttom är det?", "How urgent is it?"),
        answers=(
            DemoAnswer(
                ("Vi kan inte arbeta alls", "We cannot work at all"),
                "phone",
                words=(
                    "Ring, så tar vi det direkt. Ett ärende läses först på kontorstid.",
                    "Call, and we take it at once. A ticket is only read in office hours.",
                ),
                examples=(
                    ("Inloggningssidan kommer inte fram.", "The sign-in page does not appear."),
                    ("Allt står still på hela mottagningen.", "Everything stands still at the whole clinic."),
                ),
            ),
            DemoAnswer(
                ("Det stör, men vi kan arbeta", "It disturbs us, but we can work"),
                "form",
                topic="felrapport",
                words=(
                    "Skriv felmeddelandet ordagrant och vad du gjorde just innan.",
                    "Write the error word for word and what you did just before.",
                ),
                examples=(("Utskriften klipper sista raden.", "The printout cuts off the last line."),),
            ),
            DemoAnswer(
                ("Jag undrar bara över något", "I only wonder about something"),
                "mail",
                examples=(("Var hittar jag förra årets statistik?", "Where are last year's figures?"),),
            ),
        ),
    ),
}
