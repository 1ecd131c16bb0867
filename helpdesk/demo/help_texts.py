"""The demo portals' articles, each a file in `help/<portal>/`: a head of `name: value` lines, in which " | " parts
Swedish from English, then the words in Markdown below `=== sv` and `=== en`. They stand in the order of their names."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.drafts import Words, slug_of

HERE = Path(__file__).parent / "help"
Pair = tuple[str, str]


@dataclass(frozen=True)
class HelpText:
    section: Pair
    slug: str
    audience: str
    words: Words


def help_texts(portal: str) -> list[HelpText]:
    return [_read(path.read_text(encoding="utf-8")) for path in sorted((HERE / portal).glob("*.md"))]


def _read(text: str) -> HelpText:
    head, _, rest = text.partition("=== sv\n")
    swedish, _, english = rest.partition("=== en\n")
    said = dict(line.split(": ", 1) for line in head.strip().splitlines())
    titles, summaries = _pair(said["title"]), _pair(said["summary"])
    words = Words(*titles, *summaries, swedish.strip(), english.strip())
    return HelpText(
        section=_pair(said["section"]),
        slug=said.get("slug") or slug_of(titles[0]),
        audience=said.get("audience", "everybody"),
        words=words,
    )


def _pair(text: str) -> Pair:
    swedish, _, english = text.partition(" | ")
    return swedish.strip(), english.strip()
