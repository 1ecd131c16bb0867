from django import template

register = template.Library()


@register.filter
def quoted(text: str) -> str:
    """Somebody else's words in a plain text mail, each line marked, so that nobody takes them for ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
