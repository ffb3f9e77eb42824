"""Who gets through to a number, and on which days: asked of a real core node by SIP."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.features.numbers import asterisk as numbers
from provisioner.features.numbers.model import Number
from provisioner.features.outbound import asterisk as outbound
from provisioner.features.outbound.model import Outbound
from provisioner.features.users import FEATURE
from provisioner.features.users import asterisk as users
from provisioner.features.users.model import User
from provisioner.targets.asterisk import render
from tests.real_core import Call, place

SCOPE = Scope(
    slug="acme",
    name="Acme",
    domain="acme.example",
    time_zone="Europe/Stockholm",
    language="en",
    country="SE",
    main_number="+46850100100",
    services=FEATURE.services,
)
BUSY = {"destination": "hangup:busy"}
"""Whoever gets through is told that the line is busy: 486."""
NUMBERS = {
    number: Number.model_validate({**BUSY, **more})
    for number, more in {
        "+46850100100": {"blocked": ["+4670174064?", "+44*"], "allowed": ["+46701740640"], "withheld": {}},
        "+46850100101": {"blocked": ["+*"], "allowed": ["+468*"], "refused": "hangup:unavailable"},
        "+46850100102": {"withheld": {"destination": "hangup:unavailable"}},
        "+46850100103": {"active_from": "2090-01-01"},
        "+46850100104": {"active_until": "2020-01-01", "closed": {"until": "2020-12-31"}},
        "+46850100105": {"active_from": "2020-01-01", "active_until": "2090-01-01"},
        "+46850100106": {"active_until": "2020-01-01", "closed": {"destination": "hangup:unavailable"}},
    }.items()
}
USERS = {
    "bo": User.model_validate(
        {"name": "Bo", "extension": "102", "plan": "business", "devices": {"desk": {"kind": "desk"}}}
    )
}
MAIN = "+46850100100"


def outside(caller: str = "", **more: str) -> Mapping[str, str]:
    shown = {"P-Asserted-Identity": f"<sip:{caller}@edge>"} if caller else {}
    return {"X-PBX-Tenant": "acme", "X-PBX-Trunk": "carrier", **shown, **more}


BO = {"X-PBX-Tenant": "acme", "X-PBX-User": "bo", "X-PBX-Device": "desk"}
CASES: list[tuple[Call, int, tuple[str, ...]]] = [
    (Call(MAIN, outside("+46701740641")), 403, ()),
    (Call(MAIN, outside("+46701740650")), 486, ()),
    (Call(MAIN, outside("+467017406411")), 486, ()),  # ? is one digit
    (Call(MAIN, outside("+442079460000")), 403, ()),
    (Call(MAIN, outside("+46701740640")), 486, ()),
    (Call(MAIN, outside()), 403, ()),
    (Call(MAIN, outside("+46701740650", Privacy="id")), 403, ()),
    (Call(MAIN, outside("+46701740640", Privacy="id")), 403, ()),  # a withheld number is nobody's exception
    (Call(MAIN, outside("unknown")), 403, ()),
    (Call(MAIN, BO), 486, ()),  # colleagues are not asked
    (Call("+46850100101", outside("+46701740641")), 480, ()),
    (Call("+46850100101", outside("+46850200300")), 486, ()),
    (Call("+46850100102", outside()), 480, ()),
    (Call("+46850100102", outside("+46701740641")), 486, ()),
    (Call("+46850100103", outside("+46701740641")), 404, ()),
    (Call("+46850100103", BO, {"+46850100103": 200}), 200, ("+46850100103",)),
    (Call("+46850100104", outside("+46701740641")), 404, ()),
    (Call("+46850100106", outside("+46701740641")), 200, ()),  # answered, for the caller goes on
    (Call("+46850100105", outside("+46701740641")), 486, ()),
]


@pytest.mark.lab
@pytest.mark.row("N1")
def test_callers_get_through_as_the_file_says(tmp_path: Path) -> None:
    objects = [
        *numbers.lower(NUMBERS, SCOPE),
        *users.lower(USERS, SCOPE),
        *outbound.lower(Outbound(), SCOPE),
    ]
    seen = place(tmp_path, "acme", render("acme", objects).files, [call for call, _, _ in CASES])
    told = [(call.dialled, call.headers.get("P-Asserted-Identity", "")) for call, _, _ in CASES]
    found = [(*of, each.final, each.called) for of, each in zip(told, seen, strict=True)]
    assert found == [(*of, final, called) for of, (_, final, called) in zip(told, CASES, strict=True)]
