"""The help centre of `plan`: what support is for, tips before filing, a training (S4, S9, S10)."""

from helpdesk.demo.scripts.parts import DemoActivity, DemoHelp, DemoMessage, DemoOccasion

PLAN_HELP = DemoHelp(
    tips=(
        (
            "Sök i manualen först, svaret finns ofta där.\n"
            "Gå till stället i systemet där du ser problemet innan du skriver.\n"
            "Skriv vad du gjorde och vad som hände, och ta bilden så att hela webbläsarfönstret syns.\n"
            "Första svaret ska komma inom fyra timmar när vi har öppet. Har många skrivit kan det dröja."
        ),
        (
            "Search the manual first, the answer is often there.\n"
            "Go to the place where you see the problem before you write.\n"
            "Say what you did and what happened, and let your picture show the whole browser window.\n"
            "The first answer should come within four hours while we are open. When many write it may take longer."
        ),
    ),
    manual_topic="onskemal",
    services=(
        (("Planering och uppföljning", "Planning and follow-up"), ("fel", "beteende")),
        (("Meetings", "Meetings"), ("meetings",)),
        (("Inloggning", "Signing in"), ("fel",)),
    ),
    messages=(
        DemoMessage(
            "disturbance",
            "notice",
            ("Kallelser från Meetings skickas långsamt", "Invitations from Meetings are sent slowly"),
            (
                "Det kan dröja upp till en halvtimme innan en kallelse kommer fram. Skicka den inte igen.",
                "It may take up to half an hour before an invitation arrives. Do not send it again.",
            ),
            begins=-3,
            services=(1,),
            updates=((2, ("Vi har hittat orsaken och tömmer kön.", "We found the cause and are emptying the queue.")),),
        ),
    ),
    activities=(
        DemoActivity(
            "training",
            ("Administratörsutbildning", "Administrators' training"),
            (
                (
                    "En heldag för nya administratörer: användare, roller, mallar och uppföljning. Efter dagen kan du "
                    "kontakta supporten."
                ),
                (
                    "A whole day for new administrators: users, roles, templates and follow-up. "
                    "Afterwards you may contact support."
                ),
            ),
            (
                DemoOccasion(16, "09:00", 420, 8, place="Strategens kontor, Stockholm", host="hanna"),
                DemoOccasion(44, "09:00", 420, 12, link="https://meet.plan.example/admin", host="agent"),
            ),
        ),
    ),
)
