"""Names as the letters on a telephone's keys spell them (ITU-T E.161), accents left away."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

LEAST = 2
"""Letters that a caller has to key in at least."""

_KEYS = {letter: str(2 + index) for index, row in enumerate(
    ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")) for letter in row
} | {"ø": "6", "æ": "2", "ß": "7", "ł": "5", "đ": "3", "ð": "3", "þ": "8"}  # fmt: skip


def spelled(word: str) -> str:
    """`Åsa` as `272`; what is no letter is left out."""
    return "".join(_KEYS.get(each, "") for each in unicodedata.normalize("NFKD", word.lower()))


def codes(name: str, letters: int) -> Iterator[str]:
    """Everything that may be keyed in for a name: the beginnings of each of its words."""
    for word in name.replace("-", " ").split():
        keys = spelled(word)[:letters]
        yield from (keys[:length] for length in range(LEAST, len(keys) + 1))


def found(listed: Mapping[str, str], letters: int) -> Mapping[str, tuple[str, ...]]:
    """code → the users whose name it fits, by name."""
    fits: dict[str, set[str]] = {}
    for user, name in listed.items():
        for code in codes(name, letters):
            fits.setdefault(code, set()).add(user)
    return {code: tuple(sorted(users, key=lambda user: (listed[user], user))) for code, users in sorted(fits.items())}
