"""The numbering plans of the world's countries: what a national number is, what it costs, who helps in an emergency.

The facts are those of the phonenumbers library, put into the few shapes that rooms need. Its patterns come out as POSIX
extended expressions over national significant numbers, so that the same text serves here and in a dialplan. Country
"" stands for none that the library knows. Not for formatting numbers, nor for telling whether somebody answers there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

EVERYWHERE = "112"
"""The emergency number that always works, whatever the country says (EU directive 2018/1972, 3GPP TS 22.101)."""

COSTLY_CODES = ("870", "878", "881", "882", "883", "888", "979")
"""Calling codes of satellite networks and of premium services that no country owns (ITU-T E.164, list of codes)."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """One country's plan. Expressions match whole national significant numbers; an empty one matches nothing."""

    country: str
    calling_code: str
    """Without plus: `46`."""
    national_prefix: str
    """What is dialled before a national number: `0`, or nothing."""
    prefix_optional: bool
    """Whether a whole national number may be dialled without the prefix."""
    international_prefix: str
    """What is dialled before a calling code: `00`."""
    shared: bool
    """Whether other countries have the same calling code, so that only `valid` tells which numbers are ours."""
    valid: str
    mobile: str
    """Mobile phones, pagers and personal numbers; without mobile phones where nobody can tell them from fixed lines."""
    premium: str
    short: str
    """Numbers that are dialled as they are: directory, health line, and the like."""
    short_premium: str
    emergency: tuple[str, ...]
    """Sorted; `EVERYWHERE` is one of them."""
    example: str
    """A fixed-line number in international form."""


@cache
def plan_of(country: str) -> NumberingPlan | None:
    """The plan of an ISO 3166-1 country, or None where the library knows none."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    found: Any = PhoneMetadata.metadata_for_region(country)
    if found is None:
        return None
    fixed, mobile = _pattern(found.fixed_line), _pattern(found.mobile)
    short = PhoneMetadata.short_metadata_for_region(country)
    optional = found.national_prefix is None or found.country_code == 1
    return NumberingPlan(
        country=country,
        calling_code=str(found.country_code),
        national_prefix=found.national_prefix or "",
        prefix_optional=optional,
        international_prefix=_international_prefix(found),
        shared=len(COUNTRY_CODE_TO_REGION_CODE[found.country_code]) > 1,
        valid=_valid(found),
        # Where nobody can tell a mobile number from a fixed one, calling it costs the same.
        mobile=_either("" if mobile == fixed else mobile, _pattern(found.pager), _pattern(found.personal_number)),
        premium=_pattern(found.premium_rate),
        short=_pattern(short.short_code) if short else "",
        short_premium=_pattern(short.premium_rate) if short else "",
        emergency=_emergency(short),
        example=f"+{found.country_code}{found.fixed_line.example_number or ''}",
    )


def is_valid(number: str) -> bool:
    """Whether an E.164 number can exist by the plan of a country that has its calling code."""
    code = calling_code(number)
    return bool(code) and _validator(code).fullmatch(number[1 + len(code) :]) is not None


CallClass = Literal["national", "mobile", "international", "premium"]
"""What a call to a public number costs by, and which permission it needs."""


def call_class(number: str, plan: NumberingPlan) -> CallClass:
    """The class of a number in E.164 form, or of a short number as it is dialled, for callers in the plan's country."""
    if not number.startswith("+"):
        return "premium" if _matches(plan.short_premium, number) else "national"
    code = plan.calling_code
    if number[1:].startswith(COSTLY_CODES):
        return "premium"
    national = number[1 + len(code) :] if number[1:].startswith(code) else ""
    # Where countries share a calling code, only the plan tells which numbers are at home.
    if not national or (plan.shared and not _matches(plan.valid, national)):
        return "international"
    if _matches(plan.premium, national):
        return "premium"
    return "mobile" if _matches(plan.mobile, national) else "national"


def _matches(pattern: str, text: str) -> bool:
    return bool(pattern) and re.fullmatch(pattern, text) is not None


def line_of(number: str) -> str:
    """`fixed` or `mobile` as its country's plan says; empty where the plan cannot tell, or knows no such number."""
    code = calling_code(number)
    if not code:
        return ""
    fixed, mobile = (pattern.fullmatch(number[1 + len(code) :]) for pattern in _lines(code))
    return "" if bool(fixed) == bool(mobile) else "fixed" if fixed else "mobile"


@cache
def _lines(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What fixed and mobile national numbers match in all countries of a calling code."""
    found = _of_code(code)
    fixed, mobile = ([_pattern(getattr(each, name)) for each in found] for name in ("fixed_line", "mobile"))
    return re.compile(_either(*fixed) or "(?!)"), re.compile(_either(*mobile) or "(?!)")


def _of_code(code: str) -> tuple[Any, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE[int(code)]
    if regions == ("001",):
        return (PhoneMetadata.metadata_for_nongeo_region(int(code)),)
    return tuple(PhoneMetadata.metadata_for_region(each) for each in regions)


@lru_cache(maxsize=4096)
def _code(head: str) -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return next((head[:length] for length in (1, 2, 3) if int(head[:length]) in COUNTRY_CODE_TO_REGION_CODE), "")


def calling_code(number: str) -> str:
    """The calling code of an E.164 number, without plus; empty where no such code is given out."""
    return _code(number[1:4])


@cache
def _validator(code: str) -> re.Pattern[str]:
    return re.compile(_either(*(_valid(each) for each in _of_code(code))))


_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


def _valid(found: Any) -> str:
    return _either(*dict.fromkeys(_pattern(getattr(found, name)) for name in _TYPES))


def _either(*patterns: str) -> str:
    given = [each for each in patterns if each]
    return f"({'|'.join(given)})" if len(given) > 1 else "".join(given)


def _pattern(description: Any) -> str:
    """The library's expression in POSIX terms: it uses nothing beyond groups, classes, repeats and digits."""
    if description is None or not description.national_number_pattern:
        return ""
    return f"({description.national_number_pattern})".replace("(?:", "(").replace(r"\d", "[0-9]")


def _international_prefix(found: Any) -> str:
    """The prefix that always works; where callers choose among carriers the library names the usual one."""
    for prefix in (found.preferred_international_prefix, found.international_prefix):
        if prefix and prefix.isdigit():
            return str(prefix)
    return "00"


def _emergency(short: Any) -> tuple[str, ...]:
    pattern = _pattern(short.emergency) if short else ""
    return tuple(sorted({EVERYWHERE, *(spelled_out(pattern) if pattern else ())}))


def spelled_out(pattern: str) -> tuple[str, ...]:
    """Every text that an expression of literals, classes, groups, `|` and `?` matches; for short lists only."""
    texts, rest = _alternatives(pattern, 0)
    if rest != len(pattern):
        raise ValueError(f"cannot spell out {pattern!r} beyond position {rest}")
    return tuple(texts)


def _alternatives(pattern: str, at: int) -> tuple[list[str], int]:
    found, branch = [], [""]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found += branch
            branch, at = [""], at + 1
            continue
        atom, at = _atom(pattern, at)
        if pattern[at : at + 1] == "?":
            atom, at = ["", *atom], at + 1
        branch = [head + tail for head in branch for tail in atom]
    return found + branch, at


def _atom(pattern: str, at: int) -> tuple[list[str], int]:
    if pattern[at] == "(":
        inner, end = _alternatives(pattern, at + 1)
        return inner, end + 1
    if pattern[at] == "[":
        end = pattern.index("]", at)
        return list(_class(pattern[at + 1 : end])), end + 1
    if not pattern[at].isdigit():
        raise ValueError(f"cannot spell out {pattern[at]!r} of {pattern!r}")
    return [pattern[at]], at + 1


def _class(content: str) -> Iterator[str]:
    for first, last in re.findall(r"(\d)(?:-(\d))?", content):
        yield from (str(digit) for digit in range(int(first), int(last or first) + 1))
