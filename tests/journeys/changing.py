"""What staff change where it stands, in a ticket's side panel."""

from tests.journeys.browsing import Reader


def change(agent: Reader, what: str, *, reason: str = "", status: int = 200, **chosen: str) -> None:
    """A fact of the ticket; `chosen` as Playwright takes an option, by label or value. A priority needs a reason.

    A department is named without the dashes that show its place in the tree.
    """
    place = agent.page.locator("details.fact-change").filter(has=agent.page.locator(f"[name={what}]"))
    place.locator("summary").click()
    field = place.locator(f"[name={what}]")
    if "label" in chosen:
        offered = [text.strip() for text in field.locator("option").all_text_contents()]
        chosen["label"] = next(text for text in offered if text.lstrip("– ") == chosen["label"])
    field.select_option(**chosen)
    if reason:
        place.locator("[name=reason]").fill(reason)
    with agent.goes_on(status=status):
        place.get_by_role("button", name=agent.t("Save"), exact=True).click()
