"""Where calls of a user go, by what her telephones answer: asked of a real core node by SIP."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.features.numbers import asterisk as numbers
from provisioner.features.numbers.model import Number
from provisioner.features.outbound import asterisk as outbound
from provisioner.features.outbound.model import Outbound
from provisioner.features.sites import asterisk as sites
from provisioner.features.sites.model import Site
from provisioner.features.users import FEATURE
from provisioner.features.users import asterisk as users
from provisioner.features.users.model import User
from provisioner.targets.asterisk import render
from tests.real_core import RINGS, Call, Seen, place

SCOPE = Scope(
    slug="acme",
    name="Acme",
    domain="acme.example",
    time_zone="UTC",
    language="en",
    country="SE",
    main_number="+46850100100",
    first_site="main",
    extensions={
        "101": Ref("user", "anna-lisa"),
        "102": Ref("user", "bo"),
        "103": Ref("user", "gate"),
        "104": Ref("user", "eva"),
        "105": Ref("user", "fia"),
        "106": Ref("user", "gus"),
    },
    extension_sources=dict.fromkeys(("101", "102", "103", "104", "105", "106"), ("users",)),
    services=FEATURE.services,
)
POCKET = "+46701740606"
COMMON = {"plan": "business", "devices": {"desk": {"kind": "desk"}}, "ring_time": "5s"}
USERS = {
    "anna-lisa": User.model_validate(
        {
            **COMMON,
            "name": 'Anna "Ann" Berg; ${EXTEN}',
            "extension": "101",
            "call_permission": "national",
            "forwarding": {"busy": "user:bo", "unreachable": "number:+46701740605", "no_answer": "hangup:congestion"},
        }
    ),
    "bo": User.model_validate(
        {**COMMON, "name": "Bo Ek", "extension": "102", "caller_id": "withheld", "call_permission": "premium"}
    ),
    "eva": User.model_validate({**COMMON, "name": "Eva Gren", "extension": "104", "voicemail": {}}),
    "fia": User.model_validate(
        {
            **COMMON,
            "name": "Fia Falk",
            "extension": "105",
            "forwarding": {
                "busy": "user:bo",
                "no_answer": "hangup:congestion",
                "inside": {"unreachable": "user:gate"},
                "outside": {"busy": "user:eva", "unreachable": "number:+46701740605"},
            },
        }
    ),
    "gus": User.model_validate(
        {
            **COMMON,
            "name": "Gus Ek",
            "extension": "106",
            "devices": {"desk": {"kind": "desk"}, "pocket": {"kind": "mobile", "number": POCKET, "after": "2s"}},
            "forwarding": {"no_answer": "hangup:congestion"},
        }
    ),
    "gate": User.model_validate({**COMMON, "name": "Gate", "extension": "103", "call_permission": "internal"}),
}
SITES = {
    "main": Site.model_validate(
        {"emergency_address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"}}
    )
}
MOBILE, OTHER, FIA = "+46701740605", "+46850100200", "+46850100100"


NUMBERS = {FIA: Number.model_validate({"kind": "main", "destination": "user:fia"})}
STRANGER = {"X-PBX-Tenant": "acme", "X-PBX-Trunk": "carrier"}


def by(user: str) -> dict[str, str]:
    return {"X-PBX-Tenant": "acme", "X-PBX-User": user, "X-PBX-Device": "desk"}


CASES: list[tuple[Call, int, tuple[str, ...]]] = [
    (Call("101", by("gate"), {"anna-lisa": 200}), 200, ("anna-lisa",)),
    # Not there: never registered, gone, refused by the edge's own side.
    (Call("101", by("gate"), {"anna-lisa": 480, MOBILE: 200}), 200, ("anna-lisa", MOBILE)),
    (Call("101", by("gate"), {"anna-lisa": 404, MOBILE: 200}), 200, ("anna-lisa", MOBILE)),
    (Call("101", by("gate"), {"anna-lisa": 408, MOBILE: 200}), 200, ("anna-lisa", MOBILE)),
    (Call("101", by("gate"), {"anna-lisa": 503, MOBILE: 200}), 200, ("anna-lisa", MOBILE)),
    # Busy, or declined by hand.
    (Call("101", by("gate"), {"anna-lisa": 486, "bo": 200}), 200, ("anna-lisa", "bo")),
    (Call("101", by("gate"), {"anna-lisa": 603, "bo": 200}), 200, ("anna-lisa", "bo")),
    # Rang in vain.
    (Call("101", by("gate"), {"anna-lisa": RINGS}), 503, ("anna-lisa",)),
    # Nothing said: the call ends as the telephone was.
    (Call("102", by("gate"), {"bo": 486}), 486, ("bo",)),
    (Call("102", by("gate"), {"bo": 480}), 480, ("bo",)),
    # Colleagues and strangers go different ways, and the same one where she says nothing else.
    (Call("105", by("bo"), {"fia": 480, "gate": 200}), 200, ("fia", "gate")),
    (Call("105", by("gate"), {"fia": 486, "bo": 200}), 200, ("fia", "bo")),
    (Call("105", by("gate"), {"fia": RINGS}), 503, ("fia",)),
    (Call(FIA, STRANGER, {"fia": 480, MOBILE: 200}), 200, ("fia", MOBILE)),
    (Call(FIA, STRANGER, {"fia": 486, "eva": 200}), 200, ("fia", "eva")),
    (Call(FIA, STRANGER, {"fia": RINGS}), 503, ("fia",)),
    # The mobile telephone rings along later, where nobody took the call before.
    (Call("106", by("gate"), {"gus": RINGS, POCKET: RINGS}), 503, ("gus", POCKET)),
    (Call("106", by("gate"), {"gus": 480, POCKET: RINGS}), 503, ("gus", POCKET)),
    (Call("106", by("gate"), {"gus": 200}), 200, ("gus",)),
    # Her mailbox answers, and opens to her alone.
    (Call("104", by("gate"), {"eva": 486}), 200, ("eva",)),
    (Call("104", by("gate"), {"eva": 480}), 200, ("eva",)),
    (Call("*98", by("eva")), 200, ()),
    (Call("*98", by("gate")), 403, ()),
    # Help first, then permissions.
    (Call("112", by("gate"), {"112": 200}), 200, ("112",)),
    (Call("0850100200", by("gate")), 403, ()),
    (Call("0850100200", by("anna-lisa"), {OTHER: 486}), 486, (OTHER,)),
    (Call("0701740605", by("anna-lisa")), 403, ()),
    (Call("0701740605", by("bo"), {MOBILE: 200}), 200, (MOBILE,)),
    (Call("77", by("bo")), 404, ()),
    (Call("7777", by("bo")), 484, ()),
]


@pytest.mark.lab
@pytest.mark.row("U1")
@pytest.mark.row("U2")
@pytest.mark.row("U4")
def test_calls_go_where_the_file_says(tmp_path: Path) -> None:
    objects = [
        *users.lower(USERS, SCOPE),
        *numbers.lower(NUMBERS, SCOPE),
        *sites.lower(SITES, SCOPE),
        *outbound.lower(Outbound(), SCOPE),
    ]
    seen = place(tmp_path, "acme", render("acme", objects).files, [call for call, _, _ in CASES])
    assert [(each.final, each.called) for each in seen] == [(final, called) for _, final, called in CASES]
    _check_callers(seen)


def _check_callers(seen: list[Seen]) -> None:
    shown = {called: headers for each in seen for called, headers in zip(each.called, each.headers, strict=True)}
    assert '"Gate" <sip:103@' in shown["bo"]["From"]
    help_, withheld = shown["112"], shown[MOBILE]
    assert "<sip:+46850100100@" in help_["From"]
    assert (help_["X-PBX-Route"], help_["Privacy"]) == ("emergency", "")
    assert "anonymous" in withheld["From"]
    assert "<sip:+46850100100@" in withheld["P-Asserted-Identity"]
    assert (withheld["X-PBX-Route"], withheld["Privacy"]) == ("trunk", "id")
    assert "<sip:+46850100100@" in shown[OTHER]["From"]
    assert {each["X-PBX-Tenant"] for each in shown.values()} == {"acme"}
