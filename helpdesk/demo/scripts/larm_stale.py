"""What has been left lying on the alarm company's portal: some of everything that a lead has to see."""

from helpdesk.demo.scripts.parts import Step, Story

STALE = (
    # Nobody has touched these.
    Story(
        222,
        "sofia@tallen.example",
        "inbrottslarm",
        "Sabotagelarm på sektion 4 varje natt",
        "Centralen visar sabotage på sektion 4 vid tvåtiden varje natt. På dagen är allt som vanligt.",
        {"site": "Hus B, källaren"},
    ),
    Story(
        97,
        "per@hamnbolaget.example",
        "inbrottslarm",
        "Vi behöver koder till tre nya väktare",
        "Tre väktare börjar hos oss den 1 december. De behöver egna koder till magasin 4.",
        {"site": "Magasin 4"},
        priority="low",
    ),
    Story(
        38,
        "contact@kund.example",
        "brandlarm",
        "Utrymningslarmet hörs inte i gymnastiksalen",
        "Vid provningen i torsdags hördes larmet knappt i gymnastiksalen. Dörrarna var stängda.",
        {"site": "Badhuset, gymnastiksalen"},
        priority="high",
    ),
    # Somebody has these, and has not answered.
    Story(
        76,
        "colleague@kund.example",
        "brandlarm",
        "Batterifel på centralen i Kulturhuset",
        "Gul lampa och texten batterifel sedan helgen. Ska vi byta själva?",
        {"site": "Kulturhuset", "display": "BATTERIFEL 02"},
        steps=(Step(75, "lead", "claim"), Step(74, "lead", "note", "Kolla om batterierna ingår i deras avtal.")),
    ),
    Story(
        2.6,
        "customer@kund.example",
        "brandlarm",
        "Slingfel på plan 2 sedan i dag",
        "Displayen visar slingfel 7 på plan 2. Vi har kvitterat, men det kommer tillbaka.",
        {"site": "Rådhuset, plan 2", "display": "SLINGFEL 07"},
        steps=(Step(2.2, "olle", "claim"),),
    ),
    Story(
        1.1,
        "sofia@tallen.example",
        "inbrottslarm",
        "Larmar vid fel klockslag efter vintertid",
        "Efter att klockan ställdes om larmar huset en timme för sent.",
        {"site": "Hus A"},
        priority="low",
    ),
    # Thought to be done, twice.
    Story(
        305,
        "per@hamnbolaget.example",
        "inbrottslarm",
        "Dörrkontakten vid lastkaj 2 släpper",
        "Porten står som öppen fast den är stängd, så vi kan inte larma på.",
        {"site": "Kaj 2, lastkajen"},
        steps=(
            Step(303, "olle", "reply-close", "Hej Per! Kontakten är justerad på plats i dag."),
            Step(256, "per@hamnbolaget.example", "reply", "Nu är det samma sak igen. Det börjar när det blåser."),
            Step(233, "olle", "reply-close", "Vi har bytt kontakten mot en med större avstånd."),
            Step(80, "per@hamnbolaget.example", "reply", "Tyvärr, i natt släppte den igen. Vi hade vakt på plats."),
            Step(26, "per@hamnbolaget.example", "nudge"),
        ),
    ),
    # Waiting for somebody else.
    Story(
        270,
        "colleague@kund.example",
        "brandlarm",
        "Ny centralapparat till Solhöjd",
        "Det går inte att få delar till centralapparaten längre. Vad kostar en ny, och när kan den vara på plats?",
        {"site": "Solhöjd"},
        steps=(
            Step(266, "lead", "reply", "Hej Bo! Vi räknar på det. Ska detektorerna bytas samtidigt?"),
            Step(262, "colleague@kund.example", "reply", "Nej, de byttes förra året."),
            Step(190, "lead", "third-party", to="Tillverkaren, leveransbesked"),
        ),
    ),
    Story(
        410,
        "colleague@kund.example",
        "brandlarm",
        "Orienteringsritningar saknas efter ombyggnaden",
        "Trapphuset i simhallen är ombyggt, och ritningarna vid brandförsvarstablån stämmer inte längre.",
        {"site": "Simhallen"},
        priority="low",
        steps=(Step(405, "olle", "reply", "Hej Bo! Skicka gärna arkitektens ritning som pdf, så ritar vi om tablån."),),
    ),
    # Put off: one until its day comes, one whose day has passed.
    Story(
        150,
        "contact@kund.example",
        "inbrottslarm",
        "Flytta manöverpanelen när entrén byggs om",
        "Entrén i Kulturhuset byggs om i vinter. Panelen måste flyttas innan väggen rivs.",
        {"site": "Kulturhuset, entrén"},
        priority="low",
        steps=(
            Step(146, "lead", "reply", "Hej Cecilia! När är det tänkt att väggen rivs?"),
            Step(140, "contact@kund.example", "reply", "Bygget börjar om ett par veckor, säger entreprenören."),
            Step(139, "lead", "snooze", to="-190"),
        ),
    ),
    Story(
        170,
        "customer@kund.example",
        "brandlarm",
        "Rökdetektor 3:14 ska bytas när liften är på plats",
        "Detektorn sitter nio meter upp i foajén. Saxliften kommer i veckan.",
        {"site": "Kulturhuset, foajén"},
        steps=(
            Step(168, "lead", "reply", "Hej Anna! Hör av dig när liften står där, så kommer vi samma dag."),
            Step(160, "customer@kund.example", "reply", "Den står där nu och är vår i två veckor."),
            Step(158, "lead", "snooze", to="30"),
        ),
    ),
)
