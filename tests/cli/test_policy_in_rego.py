"""Policies in Rego, asked by a real `opa` (`bin/setup tests` builds it from tools/opa)."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from provisioner.cli import main
from tests.cli.test_policy import PLAN, Run, line_of, run

__all__ = ["run"]

REGO = """\
# METADATA
# title: Ring group that rings too long
# description: Callers give up.
# custom: {code: ACME-1, remedy: Ring at most 15 s.}
package pbx.tenant.patience

breach contains {"path": ["ring_groups", name, "ring_time"], "message": said, "expected": "15s"} if {
    some name, group in input.tenant.ring_groups
    group.ring_time > 15
    said := sprintf("%s of %s rings %d s", [name, input.slug, group.ring_time])
}
"""
PLATFORM = """\
# METADATA
# title: Too many tenants
# description: They are many.
# custom: {code: ACME-2, remedy: Take one away., severity: warning}
package pbx.platform.few

breach contains {"message": sprintf("%d tenants of %s", [count(input.tenants), input.provider.name])} if {
    count(input.tenants) > 2
}
"""
OF_PLAN = """\
# METADATA
# title: Plan that takes something away
# description: It does not come back.
# custom: {code: ACME-3, remedy: Ask first.}
package pbx.plan.careful

breach contains {"message": each.text, "tenant": words.tenant} if {
    some words in input.plan.words
    some each in words.sentences
    each.dangerous
}
"""


@pytest.fixture
def rego(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if shutil.which("opa") is None:
        pytest.skip("no opa yet: `bin/setup tests` builds it")
    (run.root / "policies/house.py").unlink()
    for name, text in (("patience", REGO), ("few", PLATFORM), ("careful", OF_PLAN)):
        run.write(f"policies/{name}.rego", text)
    run.write("policies/patience_test.rego", "package pbx.tenant.patience_test\n")
    return run


def test_breaches_stand_at_their_lines(rego: Run) -> None:
    found = rego.ask("solglantan", code=4)
    assert ("ACME-1", "tenants/solglantan.yaml", line_of(rego, "solglantan", "ring_time: 20s")) in found
    assert {code for code, _, _ in found} == {"ACME-1"}


def test_all_tenants_are_asked_at_once(rego: Run) -> None:
    assert main.run(["policy", "--folder", str(rego.root)]) == 4
    out, err = rego.capsys.readouterr()
    assert "reception of solglantan rings 20 s" in out
    assert "3 tenants of Nordtel" in out
    assert "3 policies" in err


def test_a_plan_is_asked(rego: Run) -> None:
    rego.write("plan.json", json.dumps(PLAN))
    found = rego.ask("--plan", str(rego.root / "plan.json"), code=4)
    assert [file for code, file, _ in found if code == "ACME-3"] == ["provider.yaml", "tenants/kiosken.yaml"]


def test_a_waiver_holds_for_rego_too(rego: Run) -> None:
    rego.waive()
    assert rego.ask("solglantan", code=0) == []
    rego.waive(tenant="nordverk")  # who was not looked at
    assert {code for code, _, _ in rego.ask("solglantan", code=4)} == {"ACME-1"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (REGO.replace("some name, group in", "some name group in"), "patience.rego:8"),
        (REGO.replace("title: ", "titel: "), "the metadata of data.pbx.tenant.patience.breach lack or mistake 'title'"),
        (REGO.replace("ACME-1", "R101"), "the code 'R101' is none of a provider's own"),
        (REGO.replace("ACME-1", "ACME-2"), "two policies are ACME-2"),
        (REGO.replace("pbx.tenant", "pbx.user"), "mistake 'user'"),
        (REGO.replace("remedy: Ring", "severity: dire, remedy: Ring"), "'dire' is not a valid Severity"),
    ],
    ids=["syntax", "title", "code", "twice", "over", "severity"],
)
def test_a_file_that_opa_or_we_cannot_take(rego: Run, text: str, told: str) -> None:
    rego.write("policies/patience.rego", text)
    assert main.run(["policy", "--folder", str(rego.root)]) == 1
    assert told in rego.capsys.readouterr().err


def test_what_is_no_breach_is_a_finding(rego: Run) -> None:
    rego.write("policies/patience.rego", REGO.replace('"message": said', '"massage": said'))
    assert "Z001" in {code for code, _, _ in rego.ask("solglantan", code=4)}


def test_without_opa_it_is_said_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write("policies/patience.rego", REGO.replace("ACME-1", "ACME-9"))
    monkeypatch.setenv("PATH", str(Path(run.root)))
    assert main.run(["policy", "--folder", str(run.root)]) == 1
    assert "patience.rego is asked by opa, and there is none on PATH" in run.capsys.readouterr().err
