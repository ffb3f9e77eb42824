"""What users may dial, asked of a real Asterisk: every permission, every kind of number, as people dial it.

The oracle is the phonenumbers library itself, which classifies each number without our expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType as Type

from provisioner.core.feature import Scope
from provisioner.core.numbering import plan_of
from provisioner.core.refs import Ref
from provisioner.features.outbound import asterisk
from provisioner.features.outbound.model import Outbound
from provisioner.targets.asterisk import render
from tests.real_asterisk import log_of_call

COUNTRIES = {"se": "SE", "gb": "GB", "no": "NO", "us": "US", "it": "IT", "de": "DE"}
"""slug → country: some share a calling code, one has no national prefix, in one the zero belongs to the number."""

NEED = {
    Type.FIXED_LINE: 1,
    Type.FIXED_LINE_OR_MOBILE: 1,
    Type.TOLL_FREE: 1,
    Type.SHARED_COST: 1,
    Type.UAN: 1,
    Type.VOIP: 1,
    Type.MOBILE: 2,
    Type.PAGER: 2,
    Type.PERSONAL_NUMBER: 2,
    Type.PREMIUM_RATE: 4,
}

Case = tuple[str, int, str, str]
"""Slug, class of the caller, what was dialled, what comes of it."""


def scope(slug: str, country: str, prefix: str = "") -> Scope:
    return Scope(
        slug=slug,
        name="Acme",
        domain="acme.example",
        time_zone="UTC",
        language="en",
        country=country,
        main_number="+46850100100",
        outside_prefix=prefix,
        extensions={"101": Ref("user", "anna"), "1177": Ref("user", "bo")},
        extension_sources={"101": ("users", "anna", "extension"), "1177": ("users", "bo", "extension")},
    )


SCOPES = [*(scope(slug, country) for slug, country in COUNTRIES.items()), scope("office", "SE", "9")]


@pytest.mark.lab
@pytest.mark.row("N8")
def test_asterisk_permits_and_bars(tmp_path: Path) -> None:
    cases = list(dict.fromkeys(all_cases()))
    log = log_of_call(tmp_path, dialplan(cases), "0@driver", "RESULT done")
    said = {int(number): result for number, result in re.findall(r"RESULT (\d+) (\S+ \S+)", log)}
    wrong = [(case, said.get(number)) for number, case in enumerate(cases) if said.get(number) != case[3]]
    assert not wrong
    assert {case[3].split()[0] for case in cases} == {"number", "refused", "extension", "own", "nowhere"}


def dialplan(cases: list[Case]) -> str:
    """The rendered rooms, with the ends of each way noted in the log, and a call that dials every case."""
    lines = []
    for each in SCOPES:
        text = render(each.slug, asterisk.lower(Outbound(), each)).files[0].text
        text = re.sub(r"\bHangup\((21|28)\)", r"Goto(end,refused-\1,1)", text)
        text = re.sub(r"\b(Playback|Progress|Wait|WaitDigit)\(", "NoOp(", text)
        text = re.sub(r"Goto\([a-z]+\.user,([a-z]+),1\)", r"Goto(end,extension-\1,1)", text)
        lines.append(re.sub(rf"(?ms)^\[{each.slug}\.number\]\n.*?(?=^\[)", "", text))
        lines += [f"[{each.slug}.number]", "exten => _[+0-9]!,1,Goto(end,number-${EXTEN},1)"]
        lines += [f"[{each.slug}.numbers]", "exten => +46850100177,1,Goto(end,own-number,1)"]
    lines += [
        "[end]",
        "exten => _[a-z].,1,Log(NOTICE,RESULT ${CASE} ${CUT(EXTEN,-,1)} ${CUT(EXTEN,-,2)})",
        "same => n,Goto(driver,$[${CASE} + 1],1)",
        "[driver]",
    ]
    for number, (slug, permitted, dialled, _) in enumerate(cases):
        lines += [
            f"exten => {number},1,MSet(CASE={number},PBX_CLASS={permitted})",
            f"same => n,GotoIf(${{DIALPLAN_EXISTS({slug}.outgoing,{dialled},1)}}?{slug}.outgoing,{dialled},1)",
            "same => n,Goto(end,nowhere-0,1)",
        ]
    return "\n".join([*lines, f"exten => {len(cases)},1,Log(NOTICE,RESULT done)", ""])


def all_cases() -> Iterator[Case]:
    for slug, country in COUNTRIES.items():
        for number in examples(country):
            for permitted in range(5):
                yield from dialled(slug, country, permitted, number, NEED[phonenumbers.number_type(number)])
    for slug, country, number, need in (
        ("gb", "GB", "+447797712345", 3),  # Jersey: the same calling code, another country
        ("us", "US", "+15062345678", 3),  # Canada
        ("se", "SE", "+33123456789", 3),
        ("se", "SE", "+881612345678", 4),  # satellite
        ("se", "SE", "+979123456789", 4),
    ):
        for permitted in range(5):
            yield from dialled(slug, country, permitted, phonenumbers.parse(number), need)
    yield from [
        ("se", 0, "101", "extension anna"),
        ("se", 0, "1177", "extension bo"),  # an extension comes before a short number
        ("se", 0, "+46850100177", "own number"),
        ("se", 0, "0850100177", "own number"),  # on the own platform, whatever the permission
        ("se", 0, "118118", "refused 21"),
        ("se", 1, "118118", "refused 21"),
        ("se", 4, "118118", "number 118118"),
        ("se", 1, "11414", "number 11414"),
        ("se", 4, "50100177", "refused 28"),  # no area code
        ("se", 4, "5", "nowhere 0"),
        ("office", 1, "90850100200", "number +46850100200"),
        ("office", 1, "0850100200", "nowhere 0"),  # without the outside prefix
        ("office", 1, "+46850100200", "number +46850100200"),
        ("office", 3, "90033123456789", "number +33123456789"),
        ("office", 1, "911414", "number 11414"),
        ("office", 4, "9+33123456789", "number +33123456789"),
    ]


def examples(country: str) -> Iterator[phonenumbers.PhoneNumber]:
    for kind in NEED:
        example = phonenumbers.example_number_for_type(country, kind)
        if example:
            yield example


def dialled(slug: str, country: str, permitted: int, number: phonenumbers.PhoneNumber, need: int) -> Iterator[Case]:
    plan = plan_of(country)
    assert plan
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    outcome = f"number {e164}" if need <= permitted else "refused 21"
    yield slug, permitted, e164, outcome
    yield slug, permitted, plan.international_prefix + e164[1:], outcome
    if str(number.country_code) == plan.calling_code:
        national = phonenumbers.national_significant_number(number)
        if len(national) >= 7:  # shorter ones could be short numbers
            yield slug, permitted, plan.national_prefix + national, outcome
