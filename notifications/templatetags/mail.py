from django import template

register = template.Library()


@register.filter
def quoted(text: str) -> str:
    """Somebody else's words in a plain text mail, each line marked, so that nobody takes them for ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.filter
def beside_label(text: str) -> str:
    """Somebody else's words after a label and its colon: on its line where they are one line, else quoted below it, so
    that they cannot pass for another label."""
    return f" {text}" if len(text.splitlines()) < 2 else f"\n{quoted(text)}"
