"""What programs of the users of one tenant are told: their calls, and whatever else they ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.lab.reception import programs
from tests.lab.reception.reception import Reception

TENANT, ANNA, CECILIA, INFO = "calllog", "+46980319220", "+46980319221", "+46980319222"
BEGAN = time.time() - 1


def asked(reception: Reception, method: str, path: str, wanted: Any = None, login: str = "anna-desk") -> Any:
    body = json.dumps(wanted) if wanted is not None else ""
    status, found = programs.asked(reception, TENANT, method, path, body, login=login)
    assert status == 200, found
    return json.loads(found)


def calls(reception: Reception, login: str, number: str, kind: str = "all") -> list[dict[str, Any]]:
    """Calls of this test's run with that number; the latest first."""
    path = f"/users/{login.partition('-')[0]}/calls?kind={kind}"
    found = asked(reception, "GET", path, login=login)["calls"]
    return [
        each
        for each in found
        if each["number"] == number and datetime.fromisoformat(each["at"]).timestamp() >= BEGAN
    ]  # fmt: skip


def soon(found: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
    """The call, as soon as it stands in the log: it does when it has ended."""
    ends = time.monotonic() + 8
    while not (listed := found()):
        assert time.monotonic() < ends, "the call is not in the log"
        time.sleep(0.3)
    (call,) = listed
    return call


def facts(call: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(call[name] for name in names)
