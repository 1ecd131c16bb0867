"""What the alarm company asks of people it does not know yet (T15), so that journeys need not say it each time."""

from tests.journeys.browsing import Reader

AREA, MUNICIPALITY, PLACE, SINCE = "fire", "Strandby", "Ladan", "2026-01-15T02:05"


def introduce(guest: Reader, *, area: str = "") -> None:
    """Answer those of the four questions that this form asks and that nobody has answered yet."""
    if area or not guest.field("field_business_area").input_value():
        guest.field("field_business_area").select_option(area or AREA)
    for name, answer in (("municipality", MUNICIPALITY), ("site", PLACE), ("since", SINCE)):
        question = guest.page.locator(f"main [name=field_{name}]:visible")
        if question.count() and not question.input_value():
            guest.field(f"field_{name}").fill(answer)
