"""Numbering plans against the library that they come from, in every country that it knows."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberType, shortnumberinfo

from provisioner.core import numbering

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_a_plan_whose_expressions_compile(country: str) -> None:
    plan = numbering.plan_of(country)
    assert plan is not None
    for expression in (plan.valid, plan.mobile, plan.premium, plan.short, plan.short_premium):
        assert "(?" not in expression
        assert "\\" not in expression
        assert not re.search(r"\[[^]]*\[", expression)
        re.compile(expression)
    assert plan.international_prefix.isdigit()


@pytest.mark.parametrize("country", COUNTRIES)
def test_emergency_numbers_are_those_of_the_library(country: str) -> None:
    plan = numbering.plan_of(country)
    assert plan is not None
    assert "112" in plan.emergency
    for number in plan.emergency:
        assert number == "112" or shortnumberinfo.is_emergency_number(number, country)
    short = PhoneMetadata.short_metadata_for_region(country)
    emergency = short.emergency if short else None
    expected = {
        f"{value:0{length}}"
        for length in (emergency.possible_length if emergency else ())
        if length <= 4
        for value in range(10**length)
        if re.fullmatch(emergency.national_number_pattern, f"{value:0{length}}")
    }
    assert {number for number in plan.emergency if len(number) <= 4} == expected | {"112"}


EXAMPLES = [
    (country, kind, example)
    for country in COUNTRIES
    for kind in ("FIXED_LINE", "MOBILE", "PREMIUM_RATE")
    if (example := phonenumbers.example_number_for_type(country, getattr(PhoneNumberType, kind)))
]


@pytest.mark.parametrize(("country", "kind", "example"), EXAMPLES, ids=[f"{each[0]}-{each[1]}" for each in EXAMPLES])
def test_the_librarys_example_numbers_are_told_apart(
    country: str, kind: str, example: phonenumbers.PhoneNumber
) -> None:
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    plan = numbering.plan_of(country)
    assert plan is not None
    national = phonenumbers.national_significant_number(example)
    assert numbering.is_valid(number)
    assert numbering.calling_code(number) == plan.calling_code
    assert re.fullmatch(plan.valid, national)
    if kind == "PREMIUM_RATE":
        assert re.fullmatch(plan.premium, national)
    if phonenumbers.number_type(example) is PhoneNumberType.MOBILE:
        assert re.fullmatch(plan.mobile, national)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+46850100100", True),
        ("+468501001", True),
        ("+4685010", False),  # too short for any area code
        ("+46850100100100", False),
        ("+46701740605", True),
        ("+441632960123", False),  # the range that films use is given to nobody
        ("+442079460123", True),
        ("+12025550123", True),
        ("+9991234567", False),  # no such calling code
        ("+80012345678", True),  # freephone of no country
    ],
)
def test_validity_agrees_with_the_library(number: str, valid: bool) -> None:
    assert numbering.is_valid(number) is valid
    try:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)) is valid
    except phonenumbers.NumberParseException:
        assert not valid


def test_a_pattern_with_repeats_is_not_spelled_out() -> None:
    with pytest.raises(ValueError, match="cannot spell out"):
        numbering.spelled_out("1[0-9]{2}")


def test_no_such_country() -> None:
    assert numbering.plan_of("ZZ") is None


@pytest.mark.row("N4")
@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("+46850100100", "fixed"),
        ("+46701740640", "mobile"),
        ("+442079460000", "fixed"),
        ("+12015550123", ""),  # nobody can tell in North America
        ("+46850100", ""),  # no number
        ("+999850100100", ""),
        ("+80012345678", ""),  # freephone of no country
    ],
)
def test_fixed_and_mobile_numbers_are_told_apart(number: str, line: str) -> None:
    assert numbering.line_of(number) == line


CLASSES = {
    PhoneNumberType.FIXED_LINE: "national",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "national",
    PhoneNumberType.PREMIUM_RATE: "premium",
}


@pytest.mark.row("N8")
@pytest.mark.parametrize("country", ["SE", "NO", "GB", "DE"])
@pytest.mark.parametrize("kind", CLASSES)
def test_a_call_has_the_class_of_the_number(country: str, kind: int) -> None:
    number = phonenumbers.format_number(
        phonenumbers.example_number_for_type(country, kind), phonenumbers.PhoneNumberFormat.E164
    )
    home, abroad = numbering.plan_of(country), numbering.plan_of("FR")
    assert home
    assert abroad
    assert numbering.call_class(number, home) == CLASSES[kind]
    assert numbering.call_class(number, abroad) == "international"


@pytest.mark.row("N8")
@pytest.mark.parametrize(
    ("number", "country", "said"),
    [
        ("+447797712345", "GB", "international"),  # Jersey: the same calling code, another country
        ("+15062345678", "US", "international"),  # Canada
        ("+881612345678", "SE", "premium"),  # satellite
        ("118118", "SE", "premium"),
        ("11414", "SE", "national"),
    ],
)
def test_classes_that_a_calling_code_does_not_tell(number: str, country: str, said: str) -> None:
    plan = numbering.plan_of(country)
    assert plan
    assert numbering.call_class(number, plan) == said
