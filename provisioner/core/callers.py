"""Callers by their numbers: the patterns in which lists of callers are written, and what a number matches."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from .numbering import calling_code, is_valid

PATTERN = r"^\+[0-9?]{0,15}\*?$"

Pattern = Annotated[str, Field(pattern=PATTERN, max_length=17)]
"""Callers' numbers in international form: `?` stands for one digit, `*` at the end for any number of digits."""


SHORTEST = 7
"""Digits of the shortest international number that the language takes."""


def expression(patterns: list[str]) -> str:
    """What a number matches that one of the patterns holds, as a POSIX extended expression."""
    return f"^({'|'.join(sorted({_expression(each) for each in patterns}))})$"


def _expression(pattern: str) -> str:
    return f"[+]{pattern[1:].replace('?', '[0-9]').replace('*', '[0-9]*')}"


def holds(patterns: list[str], number: str) -> bool:
    """Whether one of the patterns means the number (E.164, or empty for a withheld one); none of no patterns."""
    return bool(patterns) and re.fullmatch(expression(patterns), number) is not None


def everybody(pattern: str) -> bool:
    """Whether every caller matches."""
    return pattern.endswith("*") and not any(each.isdigit() for each in pattern) and len(pattern) <= SHORTEST


def nobody(pattern: str) -> str:
    """Why no number is like this; empty where some may be."""
    digits = pattern[1:].rstrip("*")
    literal = digits.partition("?")[0]
    if len(literal) >= 3 and not calling_code(f"+{literal}"):
        return f"begins with a calling code that nobody has, {literal[:3]}"
    if not pattern.endswith("*"):
        if len(digits) < SHORTEST:
            return f"has {len(digits)} digits, too few for a number"
        if "?" not in digits and not is_valid(pattern):
            return "is no possible number"
    return ""
