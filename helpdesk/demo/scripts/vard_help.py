"""The help centre of `vard`: what is known, and what is going on (M1)."""

from helpdesk.demo.scripts.parts import DemoHelp, DemoMessage

VARD_HELP = DemoHelp(
    guide_first=True,
    welcome=(
        "Börja med vad det gäller, så hamnar du rätt direkt.",
        "Begin with what it is about, and you get to the right place at once.",
    ),
    services=(
        (("Journalen", "The record"), ("felrapport", "akut")),
        (("Utskrifter och etiketter", "Printing and labels"), ("felrapport",)),
        (("Remisser", "Referrals"), ("felrapport",)),
    ),
    messages=(
        DemoMessage(
            "planned",
            "partly",
            ("Journalia uppdateras under natten", "Journalia is updated during the night"),
            (
                (
                    "Mellan 23 och 01 går det att läsa i journalen men inte att skriva. Läkemedelslistan är uppdaterad "
                    "fram till 23."
                ),
                "Between 23 and 01 the record can be read but not written. The medicines are up to date until 23.",
            ),
            begins=30,
            lasts=2,
            time="23:00",
            services=(0,),
        ),
        DemoMessage(
            "disturbance",
            "partly",
            ("Remisser till Norra sjukhuset dröjer", "Referrals to the northern hospital are late"),
            (
                "Remisser skickas men kvitteras sent. Inget går förlorat. Ring mottagningen om det är brådskande.",
                "Referrals are sent but receipted late. Nothing is lost. Call the clinic if it is urgent.",
            ),
            begins=-75,
            services=(2,),
            updates=(
                (74, ("Felet ligger hos mottagaren, som felsöker.", "The fault is at the receiver's, who is on it.")),
                (70, ("Kvittenserna kommer i tid igen.", "Receipts come in time again.")),
            ),
            is_over=True,
        ),
    ),
    manual_topic="onskemal",
)
