"""Where the planning tool's customers turn: what support is for, and who else they have with us (S3, S7, S8)."""

from helpdesk.demo.scripts.parts import DemoAnswer, DemoQuestion

PLAN_GUIDE = {
    "kind": DemoQuestion(
        ("Vad gäller din fråga?", "What is your question about?"),
        answers=(
            DemoAnswer(("Något fungerar inte", "Something does not work"), "fault"),
            DemoAnswer(
                ("Vi vill ändra eller bygga ut", "We want to change or build on"),
                "build",
            ),
            DemoAnswer(
                ("Avtal, priser eller nya produkter", "Agreement, prices or new products"),
                "provider_contact",
                contact_kinds=("account_manager",),
                examples=(
                    ("Vad ingår i vårt avtal?", "What does our agreement include?"),
                    ("Kan vi få en visning av riskmodulen?", "Can you show us the module for risks?"),
                ),
            ),
            DemoAnswer(
                ("Något saknas i manualen", "Something is missing in the manual"),
                "form",
                topic="onskemal",
                examples=(("Jag hittar inget om årshjul.", "I find nothing about the year planner."),),
            ),
        ),
    ),
    "fault": DemoQuestion(
        ("Hur bråttom är det?", "How urgent is it?"),
        answers=(
            DemoAnswer(
                ("Vi hinner inte med en tidsfrist", "We are about to miss a deadline"),
                "phone",
                words=(
                    "Ring oss, och ha sidan med felet öppen.",
                    "Call us, and have the page with the fault open.",
                ),
                examples=(
                    ("Rapporten ska in i dag och går inte att låsa.", "The report is due today and cannot be locked."),
                ),
            ),
            DemoAnswer(
                ("Det kan vänta några timmar", "It can wait some hours"),
                "form",
                topic="fel",
                words=(
                    "Gå till sidan där felet syns och visa hela fönstret på bilden du skickar.",
                    "Go to the page that shows it, and let your picture show the whole window.",
                ),
                examples=(
                    ("Det blir ett oväntat fel när jag sparar.", "There is an unexpected error when I save."),
                    ("Jag lade till en användare som inte kommer in.", "I added a user who cannot get in."),
                ),
            ),
            DemoAnswer(
                ("Det gör inte som manualen säger", "It does not do as the manual says"),
                "form",
                topic="beteende",
                examples=(
                    (
                        "Jag gjorde som det står, men filtret visar fel period.",
                        "I did as it says, but the filter shows the wrong period.",
                    ),
                ),
            ),
        ),
    ),
    "build": DemoQuestion(
        ("Har ni ett projekt med oss just nu?", "Do you have a project with us right now?"),
        answers=(
            DemoAnswer(
                ("Ja, det hör till projektet", "Yes, it belongs to the project"),
                "provider_contact",
                contact_kinds=("project_leader", "account_manager"),
                examples=(("Uppsättningen blev inte som vi kom överens om.", "The set-up is not what we agreed."),),
            ),
            DemoAnswer(
                ("Nej", "No"),
                "provider_contact",
                contact_kinds=("success_manager", "account_manager"),
                words=(
                    "De vet vad ni har och ordnar en konsult om det behövs.",
                    "They know what you have, and find you a consultant where one is needed.",
                ),
                examples=(
                    ("Jag vill ha stöd med en ny rapport.", "I want help with a new report."),
                    ("Hur följer vi upp förra perioden?", "How do we look back at the last period?"),
                ),
            ),
        ),
    ),
}
