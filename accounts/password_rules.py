"""What a portal asks of a new password. Pure: the same list is shown before typing, while typing, and at the end."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from zxcvbn import zxcvbn

from accounts.enums import PasswordPolicy
from accounts.folding import fold_text

LONGEST = 200
LOOKED_AT = 72  # characters that are judged; time grows with their square
# zxcvbn's scale from 0 to 4: 3 stands for 10^8 guesses, 2 for 10^6.
SAFE, SAFE_WITHOUT_OWN_WORDS = 3, 2
SHORTEST_OWN_WORD = 3
# zxcvbn knows English; these are what Swedish offices choose first.
SWEDISH_WORDS = (
    "sommar vinter höst vår sommaren vintern hösten våren januari februari mars april maj juni juli augusti september "
    "oktober november december måndag tisdag onsdag torsdag fredag lördag söndag lösenord lösen hemligt hemlig hejsan "
    "välkommen sverige svensk stockholm göteborg malmö uppsala kommun kommunen region regionen skola skolan jobbet "
    "kontor kontoret support admin inloggning semester älskling fotboll hammarby djurgården"
).split()


@dataclass(frozen=True)
class PasswordRule:
    """One thing asked of a password, in words, and whether the password at hand has it."""

    words: str | Promise
    is_met: bool


def plain_password(typed: str) -> str:
    """A password as it is hashed: the same key pressed on another system gives the same character (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", typed)


def judge_password(policy: str, password: str, own_words: Iterable[str] = ()) -> list[PasswordRule]:
    """Everything the policy asks, met or not, in the order it is read. An empty password meets nothing.

    `own_words`: what somebody who knows the person would try: name, address, the portal's name.
    """
    plain = plain_password(password)[:LONGEST]
    own = list(own_words)
    return [PasswordRule(words, bool(plain) and test(plain, own)) for words, test in _POLICIES[PasswordPolicy(policy)]]


def _is_common(password: str, own: list[str]) -> bool:
    return password.strip().lower() in _common_passwords()


def _is_hard_to_guess(password: str, own: list[str]) -> bool:
    """Hard to guess as it is, and still so for somebody who knows the person's words and strikes them out."""
    words = _single_words(own)
    if _score(password, words) < SAFE or _is_dressed_up(password):
        return False
    left = fold_text(password)
    for word in words:
        left = left.replace(word, "")
    return left == fold_text(password) or _score(left, []) >= SAFE_WITHOUT_OWN_WORDS


def _is_dressed_up(password: str) -> bool:
    """Whether it is one common word with digits and signs around it (Sommar2026!!)."""
    word = "".join(char for char in password.lower() if char.isalpha())
    return word in _common_passwords() or word in SWEDISH_WORDS


def _score(password: str, words: list[str]) -> int:
    looked_at = password[:LOOKED_AT]
    return int(zxcvbn(looked_at, user_inputs=[*words, *SWEDISH_WORDS])["score"]) if looked_at else 0


def _single_words(own: list[str]) -> list[str]:
    """Longest first, so that a word inside another one leaves nothing standing."""
    found = {word for text in own for word in re.findall(r"[^\W_]+", fold_text(text)[:400])}
    return sorted((word for word in found if len(word) >= SHORTEST_OWN_WORD), key=lambda word: (-len(word), word))


@cache
def _common_passwords() -> frozenset[str]:
    """Django's list of 20,000 passwords from published breaches."""
    return frozenset(CommonPasswordValidator().passwords)


def _has(test: Callable[[str], bool]) -> Callable[[str, list[str]], bool]:
    return lambda password, own: any(test(char) for char in password)


def _at_least(length: int) -> Callable[[str, list[str]], bool]:
    return lambda password, own: len(password) >= length


_Rule = tuple[str | Promise, Callable[[str, list[str]], bool]]
_UNCOMMON: _Rule = (
    _("Not one of the 20,000 passwords that are tried first"),
    lambda password, own: not _is_common(password, own),
)
_POLICIES: dict[PasswordPolicy, tuple[_Rule, ...]] = {
    PasswordPolicy.MODERN: (
        (_("At least 12 characters of any kind; spaces are welcome"), _at_least(12)),
        _UNCOMMON,
        (_("Not easily guessed from your name, your address, a date or a row of keys"), _is_hard_to_guess),
    ),
    PasswordPolicy.COMPOSED: (
        (_("At least 8 characters"), _at_least(8)),
        (_("A lower-case letter"), _has(str.islower)),
        (_("An upper-case letter"), _has(str.isupper)),
        (_("A digit"), _has(str.isdigit)),
        (_("A special character, such as ! or ?"), _has(lambda char: not char.isalnum())),
        _UNCOMMON,
    ),
}
