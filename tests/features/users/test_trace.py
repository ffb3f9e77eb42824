"""What becomes of callers from outside whom a user blocked or holds dear; and that a call which goes round ends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.refs import Ref
from provisioner.core.trace import Call, Caller, End, Ending
from provisioner.pipeline.tracing import dialled, given, interpreter
from tests.features.test_cases import SLUG, specification_of

DIRECT = "+46850100101"
TENANT = f"""\
numbers:
  "+46850100100": {{kind: main, destination: "voicemail:info"}}
  "{DIRECT}": {{kind: direct, destination: "user:anna"}}
activities: {{}}
users:
  anna:
    name: Anna Berg
    extension: 101
    plan: business
    devices: {{desk: {{kind: desk}}}}
    voicemail: {{}}
    vip: ["+4690*", "user:bo"]
    blocked: ["+44*"]
  bo:
    name: Bo Ek
    extension: 102
    plan: business
    devices: {{desk: {{kind: desk}}}}
    forwarding: {{always: "user:cecilia"}}
  cecilia:
    name: Cecilia Dahl
    extension: 103
    plan: business
    devices: {{desk: {{kind: desk}}}}
    forwarding: {{always: "user:bo"}}
"""
LUNCH = {"anna": "lunch"}


def end_of(folder: Path, number: str, caller: Caller, **said: object) -> End:
    specification = specification_of(TENANT, folder)
    tenant, scope = specification.tenants[SLUG], specification.scopes[SLUG]
    call = Call(datetime(2027, 1, 4, 9, tzinfo=ZoneInfo(scope.time_zone)), caller, number, scope.language)
    around = given.Situation(given.Given(**said), tenant.users)  # type: ignore[arg-type]
    return interpreter.follow(tenant, scope, dialled.begins(tenant, scope, number, caller), call, around).end


@pytest.mark.parametrize(
    ("caller", "activities", "how", "by"),
    [
        (Caller("+442079460000"), {}, Ending.REFUSED, ""),
        (Caller("+46701740641"), {}, Ending.ANSWERED, "user:anna"),
        (Caller(), {}, Ending.ANSWERED, "user:anna"),
        (Caller("+46701740641"), LUNCH, Ending.MESSAGE, "voicemail:anna"),
        (Caller("+4690123456"), LUNCH, Ending.ANSWERED, "user:anna"),
        (Caller(), LUNCH, Ending.MESSAGE, "voicemail:anna"),
        (Caller(user="bo", inside=True), LUNCH, Ending.ANSWERED, "user:anna"),
        (Caller(user="cecilia", inside=True), LUNCH, Ending.MESSAGE, "voicemail:anna"),
    ],
)
def test_who_rings_through(tmp_path: Path, caller: Caller, activities: dict[str, str], how: Ending, by: str) -> None:
    assert end_of(tmp_path, DIRECT, caller, activities=activities) == End(how, by)


def test_a_call_that_goes_round_is_said_to(tmp_path: Path) -> None:
    found = end_of(tmp_path, "102", Caller(inside=True))
    assert found.how is Ending.LOOPS
    assert found.by in (str(Ref("user", "bo")), str(Ref("user", "cecilia")))
