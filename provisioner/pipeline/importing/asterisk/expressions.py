"""What stands in the arguments of a dialplan's step once its variables are known."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::(-?\d{1,3}))?(?::(-?\d{1,3}))?\}")
CHOICE = re.compile(r"\$\{IF\((\$\[[^\]]*\])\?([^:{}]*):([^{}]*)\)\}", re.IGNORECASE)
MOST_ROUNDS = 8


def said(text: str, variables: Mapping[str, str]) -> str:
    """The text with its variables put in, as far as they are known."""
    for _ in range(MOST_ROUNDS):
        put = VARIABLE.sub(lambda found: _value(found, variables), text)
        put = CHOICE.sub(_chosen, put)
        if put == text or len(put) > 10_000:
            break
        text = put
    return text


def known(text: str) -> bool:
    """Whether nothing in it waits for a variable."""
    return "${" not in text and "$[" not in text


def holds(condition: str) -> bool | None:
    """Whether a condition holds that compares two texts; None where that cannot be said here."""
    inner = re.fullmatch(r"\s*\$\[(.*)\]\s*", condition, re.DOTALL)
    text = inner[1] if inner else condition
    if not known(text):
        return None
    if compared := re.fullmatch(r'\s*"?([^"=!<>&|]*?)"?\s*(==?|!=)\s*"?([^"=!<>&|]*?)"?\s*', text):
        return (compared[1] == compared[3]) == (compared[2] != "!=")
    plain = text.strip().strip('"')
    return plain not in ("", "0") if re.fullmatch(r"\w*", plain) else None


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    value = variables.get(found[1].upper())
    if value is None:
        return found[0]
    start = int(found[2] or 0)
    cut = value[start:] if start >= -len(value) else value
    if found[3] is None:
        return cut
    return cut[: int(found[3])]


def _chosen(found: re.Match[str]) -> str:
    true = holds(found[1])
    return found[0] if true is None else found[2] if true else found[3]
