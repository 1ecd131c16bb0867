"""The line at the top of our mails above which an answer is written, so that reading finds where the answer ends.

Its words stand here and not among the translations: whoever reads an answer must know them in every language, as they
were when the mail was sent. Add new words; never take old ones away.
"""

import re

_WORDS = {"en": "Write your answer above this line", "sv": "Skriv ditt svar ovanför den här raden"}
_MARK = re.compile(rf"[>\s|]*-{{3,}}\s*(?:{'|'.join(_WORDS.values())})\s*-{{3,}}\s*", re.IGNORECASE)


def mark(language: str) -> str:
    """The line in the reader's language."""
    return f"----- {_WORDS.get(language[:2], _WORDS['en'])} -----"


def is_mark(line: str) -> bool:
    """Whether a line of an answer is our mark, quoted or not."""
    return _MARK.fullmatch(line[:200]) is not None
