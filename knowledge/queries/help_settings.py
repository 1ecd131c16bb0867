"""How this portal's help centre is."""

from knowledge.models import HelpSettings


def help_settings() -> HelpSettings:
    """What the portal has set, else what holds where nothing was."""
    found: HelpSettings = HelpSettings.objects.first() or HelpSettings()
    return found
