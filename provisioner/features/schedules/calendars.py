"""Holidays by country, expanded over a fixed span of years, so that a deployed tenant needs no apply each New Year.

The span is a constant and the language of the library is always named: the result depends on nothing but the country,
the region and the library's version, never on the date, locale or machine. Each calendar is computed once a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

YEARS = range(2024, 2061)
"""The years that holidays are known for; in later years only weekly hours and exceptions decide."""

CATEGORIES = ("public", "de_facto")
"""Public holidays, and days such as Midsummer's Eve that nobody works though no law says so."""

ENGLISH = "en_US"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a country or region: day → names, in the country's language and in English."""

    native: Mapping[date, frozenset[str]]
    english: Mapping[date, frozenset[str]]

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*self.native.values())

    @property
    def all_names(self) -> frozenset[str]:
        return self.names.union(*self.english.values())


@cache
def countries() -> frozenset[str]:
    """Every country that has a calendar; reads the library's list and none of its calendars."""
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@cache
def regions(country: str) -> tuple[str, ...]:
    """The regions of a country that has a calendar."""
    from holidays import country_holidays

    return tuple(country_holidays(country).subdivisions)


@cache
def calendar(country: str, region: str = "") -> Calendar:
    """The calendar; country and region must be known (see `countries` and `regions`)."""
    from holidays import country_holidays

    known = country_holidays(country, subdiv=region or None)
    categories = tuple(each for each in CATEGORIES if each in known.supported_categories)

    def names(language: str | None) -> dict[date, frozenset[str]]:
        found = country_holidays(country, subdiv=region or None, years=YEARS, language=language, categories=categories)
        # Asked for whole years, a library may add a day of the year before or after.
        return {day: frozenset(name.split("; ")) for day, name in sorted(found.items()) if day.year in YEARS}

    native = names(known.default_language)
    return Calendar(native, names(ENGLISH) if ENGLISH in known.supported_languages else native)


@cache
def days_off(country: str, region: str, without: frozenset[str]) -> frozenset[date]:
    """The holidays less those whose every name, in one language or the other, is taken out (upper and lower case are
    the same)."""
    known, dropped = calendar(country, region), {name.casefold() for name in without}

    def stays(names: frozenset[str]) -> bool:
        return any(name.casefold() not in dropped for name in names)

    return frozenset(day for day in known.native if stays(known.native[day]) and stays(known.english[day]))
