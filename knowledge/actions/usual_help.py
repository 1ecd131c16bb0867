"""What a new portal's help centre begins with: true of every portal, so that nobody reads a placeholder."""

from knowledge.actions.help_settings import set_help_settings
from knowledge.actions.sections import add_section
from knowledge.models import Section
from knowledge.queries.help_settings import help_settings

SECTION = ("Vanliga frågor", "Common questions")
TIPS_SV = """\
Ett ärende per fråga, så får varje fråga sitt svar.
Skriv vad du gjorde, vad som hände och vad du hade väntat dig.
En bild av hela fönstret säger ofta mer än en beskrivning. Skicka aldrig lösenord."""
TIPS_EN = """\
One ticket for each question, so that each gets its answer.
Say what you did, what happened, and what you had expected.
A picture of the whole window often says more than a description. Never send passwords."""


def add_usual_help(*, actor: None) -> None:
    """Give a new portal tips before its forms (S4), and a section for its first articles; customers see the section
    once there is something in it. `actor` is the machine. Nothing happens where there are sections already."""
    if Section.objects.exists():
        return
    before = help_settings()
    set_help_settings(
        actor=actor,
        welcome=(before.welcome_sv, before.welcome_en),
        tips=(TIPS_SV, TIPS_EN),
        guide_first=before.guide_first,
        asks_if_helpful=before.asks_if_helpful,
        agents_publish=before.agents_publish,
        review_months=before.review_months,
    )
    add_section(actor=actor, names=SECTION)
