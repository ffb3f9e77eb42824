"""`pbx plan` and `pbx apply` ask the provider's policies where the provider's file says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli import main, policy
from provisioner.core.errors import StoppedByLimit
from tests.cli.test_brakes import folder
from tests.cli.test_policy import PLAN, POLICIES

__all__ = ["folder"]

ALWAYS = """\
from provisioner.core.policies import Breach, platform_policy

@platform_policy("ACME-7", "Anything at all", why="It is Friday.", remedy="Wait.")
def never(provider, tenants):
    yield Breach(("name",), provider.name)
"""


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
@pytest.mark.parametrize(("said", "told"), [("policies: {before_apply: yes}", True), ("", False)])
def test_a_broken_policy_stops(
    command: list[str], said: str, told: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies/house.py").write_text(ALWAYS, encoding="utf-8")
    with (folder / "provider.yaml").open("a", encoding="utf-8") as provider:
        provider.write(f"\n{said}\n")
    # Where no policy is asked, a brake stops the apply: the folder has no tenants any more.
    code = main.run([command[0], "--env", "prod", *command[1:]]) if told or command[0] == "apply" else 4
    err = capsys.readouterr().err
    assert code == 4
    assert ("ACME-7" in err) is told
    assert ("policies are broken: ACME-7" in err) is told


def test_a_plan_is_judged_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies/house.py").write_text(POLICIES, encoding="utf-8")
    policy.hold(folder, frozenset())
    with pytest.raises(StoppedByLimit, match="ACME-3"):
        policy.hold(folder, frozenset(), PLAN)
    assert "a number is gone" in capsys.readouterr().err
