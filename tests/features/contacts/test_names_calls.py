"""Whose name a call from outside bears, asked of a real core node by SIP; and who gets into DISA."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from provisioner.pipeline.compile import compile_tenant
from tests.features.test_cases import SLUG, specification_of
from tests.real_core import Call, place

pytestmark = pytest.mark.lab

MAIN, ACCESS, MINE, KNOWN, OWN = "+46850100100", "+46850100109", "+46701740609", "+46701740605", "+46701740606"
TENANT = f"""
numbers:
  "{MAIN}": {{kind: main, destination: "user:bo"}}
  "{ACCESS}": {{destination: "disa:out"}}
users:
  bo: {{name: Bo Ek, extension: 102, plan: business, devices: {{desk: {{kind: desk}}}}, voicemail: {{}}}}
  cecilia:
    name: Cecilia Dahl
    extension: 103
    plan: business
    devices: {{pocket: {{kind: mobile, number: "{MINE}"}}}}
    voicemail: {{}}
contacts:
  frakt: {{name: Pia Lund, company: "Frakt, Ek & Co", numbers: ["{KNOWN}"]}}
  old: {{name: Cecilia's old number, numbers: ["{MINE}"]}}
disa: {{out: {{users: [cecilia]}}}}
limits: {{outgoing: 10}}
voicemail:
  info: {{title: Info, extension: 950, members: [bo]}}
"""
BO = {"X-PBX-Tenant": SLUG, "X-PBX-User": "bo", "X-PBX-Device": "desk"}


def outside(number: str, name: str = "", **more: str) -> Mapping[str, str]:
    shown = f'"{name}" <sip:{number}@edge>' if name else f"<sip:{number}@edge>"
    return {"X-PBX-Tenant": SLUG, "X-PBX-Trunk": "carrier", "P-Asserted-Identity": shown, **more}


NAMES = [
    (outside(KNOWN), '"Pia Lund, Frakt, Ek & Co"'),
    (outside(KNOWN, "FRAKT AB"), '"Pia Lund, Frakt, Ek & Co"'),
    (outside(KNOWN, Privacy="id"), ""),
    (outside(OWN, "Somebody"), '"Somebody"'),
    (outside(OWN), ""),
    (outside(MINE), '"Cecilia Dahl"'),
]
GETS_IN = [(outside(MINE), 200), (outside(KNOWN), 403), (outside(""), 403), (BO, 403)]


@pytest.mark.row("U2", "U11")
def test_names_of_callers_and_who_gets_into_disa(tmp_path: Path) -> None:
    specification = specification_of(TENANT, tmp_path / "folder")
    compiled = compile_tenant(specification.tenants[SLUG], specification.scopes[SLUG])
    files = next(each.files for each in compiled.bundles if each.product == "asterisk")
    calls = [Call(MAIN, headers, {"bo": 200}) for headers, _ in NAMES]
    seen = place(tmp_path, SLUG, files, [*calls, *(Call(ACCESS, headers) for headers, _ in GETS_IN)])
    shown = [each.headers[0]["From"].partition("<")[0].strip() for each in seen[: len(NAMES)]]
    assert [name if name.startswith('"') and "nonymous" not in name else "" for name in shown] == [
        name for _, name in NAMES
    ]
    assert [each.final for each in seen[len(NAMES) :]] == [final for _, final in GETS_IN]
