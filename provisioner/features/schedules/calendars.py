"""Holidays by country, expanded over a fixed span of years, so that a deployed tenant needs no apply each New Year.

The span is a constant and the language of the library is always named: the result depends on nothing but the country,
the region and the library's version, never on the date, locale or machine. Each calendar is computed once a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import ModuleType

YEARS = range(2024, 2061)
"""The years that holidays are known for; in later years only weekly hours and exceptions decide."""

CATEGORIES = ("public", "de_facto")
"""Public holidays, and days such as Midsummer's Eve that nobody works though no law says so."""

ENGLISH = "en_US"


@cache
def countries() -> frozenset[str]:
    """Every country that has a calendar; reads the library's list and none of its calendars."""
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@cache
def _library() -> ModuleType:
    """The library. Its package of countries imports all 250 of them, 50 ms for one that is asked for; with an empty
    package in its place each is imported by itself."""
    import sys

    import holidays

    if (name := "holidays.countries") not in sys.modules:
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [f"{path}/countries" for path in holidays.__path__]
    return holidays


@cache
def regions(country: str) -> tuple[str, ...]:
    """The regions of a country that has a calendar."""
    return tuple(_library().country_holidays(country).subdivisions)


@cache
def calendar(country: str, region: str = "", *, english: bool = False) -> Mapping[date, frozenset[str]]:
    """day → its names in the country's language or in English; country and region must be known (see `countries` and
    `regions`)."""
    country_holidays = _library().country_holidays
    known = country_holidays(country, subdiv=region or None)
    categories = tuple(each for each in CATEGORIES if each in known.supported_categories)
    language = ENGLISH if english and ENGLISH in known.supported_languages else known.default_language
    found = country_holidays(country, subdiv=region or None, years=YEARS, language=language, categories=categories)
    # Asked for whole years, a library may add a day of the year before or after.
    return {day: frozenset(name.split("; ")) for day, name in sorted(found.items()) if day.year in YEARS}


def names(country: str, region: str) -> frozenset[str]:
    """The names of all holidays in the country's language."""
    return frozenset().union(*calendar(country, region).values())


@cache
def english_names(country: str, region: str) -> Mapping[str, str]:
    """English name → the name in the country's language.

    Only a day of one name tells which English name is meant; every holiday has such a day in so many years.
    """
    days = calendar(country, region)
    pairs = ((found, days[day]) for day, found in calendar(country, region, english=True).items())
    return {next(iter(one)): next(iter(other)) for one, other in pairs if len(one) == len(other) == 1}


@cache
def days_off(country: str, region: str, without: frozenset[str]) -> frozenset[date]:
    """The holidays less those whose every name is taken out, in the country's language or in English (upper and lower
    case are the same)."""
    days = calendar(country, region)
    if not without:
        return frozenset(days)
    dropped = {name.casefold() for name in without}
    translated = english_names(country, region).items()
    dropped |= {native.casefold() for english, native in translated if english.casefold() in dropped}
    return frozenset(day for day, named in days.items() if any(name.casefold() not in dropped for name in named))
