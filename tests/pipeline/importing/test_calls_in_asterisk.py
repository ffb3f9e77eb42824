"""The dialplan that a tenant came from, in a real Asterisk, against the trace of the tenant that was made of it.

Asterisk carries out everything that leads calls on: patterns, includes, labels, times, what came of a telephone. What
plays, rings, queues or listens is put aside: it notes the line where it stands and gives what the case says. So each
call leaves a list of lines, and the trace must pass the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.core.trace import Ending
from provisioner.pipeline.importing.asterisk import files, read
from provisioner.pipeline.importing.company import Company
from provisioner.pipeline.tracing.given import EVERYBODY, Given
from provisioner.pipeline.tracing.interpreter import Trail
from provisioner.pipeline.tracing.question import Question, Side, ask
from tests.pipeline.importing.test_asterisk import COUNTRY, OFFICE, side_of_office
from tests.real_asterisk import log_of_calls

WEDNESDAY, SUNDAY = "2027-03-03", "2027-03-07"
LEAVES = ("Dial", "Queue", "VoiceMail", "Voicemail", "Playback", "Background", "ConfBridge")
ENDS = ("VoiceMail", "Voicemail", "ConfBridge")
MODULES = "[modules]\nautoload=no\n" + "".join(
    f"load={each}.so\n"
    for each in (
        "pbx_config",
        "app_verbose",
        "func_strings",
        "func_logic",
        "res_clioriginate",
        "app_dial",
        "func_timeout",
    )
)


@dataclass(frozen=True)
class Case:
    """A call: who is dialled in which context, when, what is pressed, and how telephones answer."""

    context: str
    dialled: str
    at: str = f"{WEDNESDAY}T10:00"
    key: str = "t"
    gives: str = "NOANSWER"

    @property
    def number(self) -> str:
        return (
            "+46" + self.dialled.removeprefix("0").removeprefix("+46")
            if self.context == "from-carrier"
            else self.dialled
        )

    @property
    def given(self) -> Given:
        everybody = frozenset({"anna-oberg", "bo-ek", "cecilia-dahl"})
        return Given(
            keys=() if self.key == "t" else (self.key,),
            no_answer=frozenset({EVERYBODY}),
            busy=everybody if self.gives == "BUSY" else frozenset(),
            unregistered=everybody if self.gives == "CHANUNAVAIL" else frozenset(),
        )


CASES = (
    *(Case("from-carrier", f"085010010{n}") for n in (0, 1, 3, 4)),
    Case("from-carrier", "+46850100102"),
    *(Case("from-carrier", "0850100100", f"{WEDNESDAY}T{at}") for at in ("08:59", "09:00", "11:59", "12:00", "13:00")),
    *(Case("from-carrier", "0850100100", f"{WEDNESDAY}T{at}") for at in ("16:59", "17:00", "23:59")),
    *(Case("from-carrier", "0850100100", f"2027-12-{day}T10:00") for day in (23, 24, 27)),
    *(Case("from-carrier", "0850100100", key=key) for key in ("1", "2")),
    *(Case("from-carrier", "0850100103", f"{SUNDAY}T{at}") for at in ("00:00", "05:59", "06:00", "21:59", "22:00")),
    Case("from-carrier", "0850100103", "2027-03-08T03:00"),
    *(Case("internal", extension) for extension in ("101", "102", "103", "900", "800")),
    *(Case("internal", "101", gives=gives) for gives in ("BUSY", "CHANUNAVAIL")),
)


def test_calls_pass_the_same_lines(tmp_path: Path) -> None:
    made = read.company(files.within(OFFICE), COUNTRY, "business", lambda _: "")
    side = side_of_office(made, tmp_path / "provider")
    calls = [f"Local/case{n}@cases application Wait 1" for n, _ in enumerate(CASES)]
    configuration = {"extensions.conf": noting(OFFICE / "extensions.conf"), "modules.conf": MODULES}
    log = log_of_calls(tmp_path / "asterisk", configuration, calls, "OVER case")
    for number, case in enumerate(CASES):
        heard = re.findall(rf"PASSED case{number} ([^\r\n]+)", log)
        assert heard, case
        assert traced(side, made, case) == heard, case


def noting(file: Path) -> str:
    """The dialplan with notes for all that would play, ring or listen, and an extension for each case."""
    made = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        found = re.fullmatch(r"(.*,)(\w+)\((.*)\)\s*", line)
        if found and found[2] in LEAVES:
            what = (
                f"box {found[3].partition('@')[0]}" if found[2].lower() == "voicemail" else f"extensions.conf:{number}"
            )
            made.append(f"{found[1]}Log(NOTICE,PASSED ${{CASE}} {what})")
            made.append(" same => n," + ("Hangup()" if found[2] in ENDS else "Set(DIALSTATUS=${GIVES})"))
        elif found and found[2] == "WaitExten":
            made.append(f"{found[1]}Set(PRESSED=${{KEY}})")
            made += [" same => n,Set(KEY=t)", " same => n,Goto(${PRESSED},1)"]
        elif found and found[2] == "AGI":
            made.append(f"{found[1]}NoOp()")
        else:
            made.append(line)
    made.append("[cases]")
    for number, case in enumerate(CASES):
        moment = f"{datetime.fromisoformat(case.at).replace(tzinfo=UTC).timestamp():.6f}"  # the clock there is in UTC
        told = {"CASE": f"case{number}", "TESTTIME": moment, "KEY": case.key, "GIVES": case.gives}
        made.append(f"exten => case{number},1,NoOp()")
        made += [f" same => n,Set(__{key}={value})" for key, value in told.items()]
        made.append(f" same => n,Goto({case.context},{case.dialled},1)")
    made += [
        f"[{name}](+)\nexten => h,1,Log(NOTICE,OVER ${{CASE}})"
        for name in ("from-carrier", "reception", "night", "internal")
    ]
    return "\n".join(made) + "\n"


def traced(side: Side, made: Company, case: Case) -> list[str]:
    """The lines of Asterisk's that the trace comes by, in the same words."""
    found = ask(side, Question(case.number, None, case.at, case.given))
    assert isinstance(found, Trail)
    lines = [line for ref in found.nodes if (line := line_of(made, ref))]
    if found.end.how is Ending.MESSAGE:
        return lines
    return [each for each in lines if not each.startswith("box ")]


def line_of(made: Company, ref: object) -> str:
    """Where the thing stands that was made of a line; nothing for what Asterisk does not note."""
    kind, _, name = str(ref).partition(":")
    people = {each.slug: each for each in made.people}
    if kind == "user":
        return people[name].place
    if kind == "voicemail":
        return f"box {people[name].extension if name in people else 900}"
    section = {"announcement": "announcements", "queue": "queues", "ivr": "ivr", "ring_group": "ring_groups"}.get(kind)
    section = "conferences" if kind == "conference" else section
    return made.sections[section][name].place if section else ""


@pytest.mark.parametrize("case", CASES[:1])
def test_a_tenant_that_leads_elsewhere_is_noticed(case: Case, tmp_path: Path) -> None:
    made = read.company(files.within(OFFICE), COUNTRY, "business", lambda _: "")
    before = traced(side_of_office(made, tmp_path / "one"), made, case)
    made.lines[0].destination = "user:bo-ek"
    assert traced(side_of_office(made, tmp_path / "other"), made, case) != before
