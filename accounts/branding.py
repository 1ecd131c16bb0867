"""A portal's one colour, made into the accents pages need, with enough contrast in light and dark (WCAG 2.2, 1.4.3)."""

from functools import lru_cache

from coloraide import Color

TEXT_CONTRAST = 4.6  # AA asks for 4.5; a little room for rounding
LIGHT_GROUND, DARK_GROUND = Color("#fbfcfe"), Color("#14181d")


@lru_cache(maxsize=256)
def brand_style(colour: str) -> str:
    """The style sheet with the portal's accents as custom properties, for light and for dark."""
    light, dark = accents(colour, dark=False), accents(colour, dark=True)
    return (
        f":root {{\n{_properties(light)}}}\n"
        f"@media (prefers-color-scheme: dark) {{\n:root {{\n{_properties(dark)}}}\n}}\n"
    )


def accents(colour: str, *, dark: bool) -> dict[str, str]:
    """The accents made from one colour: ground of buttons, its hover, text on it, the accent as ink, a quiet tint."""
    ground = DARK_GROUND if dark else LIGHT_GROUND
    base = Color(colour).convert("oklch")
    ink = _until_readable(base, ground, step=0.01 if dark else -0.01)
    fill = base.clone()
    text = max(Color("white"), Color("#10151b"), key=lambda ink_on_fill: ink_on_fill.contrast(fill))
    fill = _until_readable(fill, text, step=-0.01 if text.contrast("black") > 10 else 0.01)
    hover = fill.clone().set("lightness", lambda value: value - 0.05 if text.contrast("black") > 10 else value + 0.05)
    tint = base.clone().set("lightness", 0.27 if dark else 0.95).set("chroma", lambda value: min(value, 0.035))
    ink_on_tint = _until_readable(ink, tint, step=0.01 if dark else -0.01)
    return {
        "--accent": _hex(fill),
        "--accent-hover": _hex(hover),
        "--accent-text": _hex(text),
        "--accent-ink": _hex(ink_on_tint),
        "--accent-tint": _hex(tint),
    }


def _until_readable(colour: Color, against: Color, *, step: float) -> Color:
    readable = colour.clone()
    while readable.clone().fit("srgb").contrast(against) < TEXT_CONTRAST and 0 < readable["lightness"] + step < 1:
        readable["lightness"] += step
    return readable


def _hex(colour: Color) -> str:
    return colour.convert("srgb").fit("srgb").to_string(hex=True)


def _properties(values: dict[str, str]) -> str:
    return "".join(f"  {name}: {value};\n" for name, value in values.items())
