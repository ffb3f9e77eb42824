"""`pbx verify` and `pbx lab call` on a platform that runs: green where it keeps its word, red and exact where not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]


def calls(document: str) -> dict[str, dict[str, Any]]:
    return {f"{each['tenant']} {each['id']}": each for each in json.loads(document)["calls"]}


@pytest.mark.row("V3")
def test_a_small_tenant_passes_wholly(examples: ProviderFolder) -> None:
    found = calls(examples.pbx("verify", "--target", "kiosken", "--format", "json"))
    assert {name: each["outcome"] for name, each in found.items()} == dict.fromkeys(found, "passed")
    assert {"kiosken users.ida.registers", "kiosken sites.shop.emergency", "kiosken user.ida.answered"} <= set(found)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("ring_group.reception.answered", id="menu, key, agent, audio both ways"),
        pytest.param("voicemail.info.message", id="closed, message in the shared mailbox"),
        pytest.param("ivr.main.no-key", id="no key"),
        pytest.param("ivr.main.used-up", id="wrong keys until attempts are used up"),
        pytest.param("queue.nurse.answered", id="queue"),
        pytest.param("users.waiting-room.barred", id="barred"),
    ],
)
def test_a_clinics_calls(examples: ProviderFolder, call: str) -> None:
    found = calls(examples.pbx("verify", "--target", "solglantan", "--only", call, "--format", "json"))
    assert [each["outcome"] for each in found.values()] == ["passed"]


def test_tenants_with_equal_names_do_not_reach_each_other(examples: ProviderFolder) -> None:
    found = calls(examples.pbx("verify", "--only", "apart.*", "--format", "json"))
    assert [each["outcome"] for each in found.values()] == ["passed", "passed"]


def test_a_prompt_that_is_not_the_files_is_red_and_told(examples: ProviderFolder, tmp_path: Path) -> None:
    report, evidence = tmp_path / "junit.xml", tmp_path / "evidence"
    options = ("--report", f"junit={report}", "--evidence", str(evidence), "--format", "json")
    with examples.changed("solglantan", {"sv: Vårdcentralen är stängd.": "sv: Här svarar ingen mer i dag."}):
        found = calls(examples.pbx("verify", "--only", "voicemail.info.message", *options, code=8))
    (red,) = found.values()
    assert red["outcome"] == "failed"
    assert "Här svarar ingen mer i dag" in red["expected"]
    assert red["trail"][-1] == "voicemail:info"
    assert any(path.endswith(".wav") and Path(path).stat().st_size > 16000 for path in red["kept"])
    assert ElementTree.parse(report).getroot().get("failures") == "1"


def test_one_call_by_hand_tells_what_is_heard_and_where_it_went(examples: ProviderFolder, tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    said = examples.pbx("lab", "call", "+46846500410", "--seconds", "1", "--record", str(recording))
    assert "dialled" in said
    assert re.search(r"call trail: number:\+46846500410 → user:anna", said)


def test_a_number_of_nobody_is_refused_before_anything_rings(examples: ProviderFolder) -> None:
    examples.pbx("lab", "call", "+46846500499", code=64)
    examples.pbx("lab", "call", "101", "--from", "solglantan:nobody", code=64)
    examples.pbx("verify", "--only", "nothing.*", code=64)
    examples.pbx("verify", "--report", "pdf=x", code=64)


def test_calls_leave_no_drift(examples: ProviderFolder) -> None:
    """Asterisk and Kamailio keep things of their own for calls; what was applied is as it was."""
    assert examples.pbx("drift") == "no drift\n"
