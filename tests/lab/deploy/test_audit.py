"""The record of applies on the lab: who changed what, also where the run was killed."""

from __future__ import annotations

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "kiosken"
OLD, NEW = "name: Ida Sand", "name: Ida Strand"


def test_a_run_that_was_killed_and_the_one_that_healed_it_stand_in_the_history(examples: ProviderFolder) -> None:
    with examples.changed(TENANT, {OLD: NEW}):
        examples.kill_at("update CoreBundle core", "apply", "--yes", "--reason", "she married")
        (cut_off, *_) = examples.document("history", TENANT)["records"]
        applied = examples.document("apply", "--yes")["record"]
    again, healed, killed, *_ = examples.document("history", TENANT)["records"]
    assert killed == cut_off
    assert (killed["result"], killed["reason"]) == ("begun", "she married")
    assert healed["result"] == again["result"] == "applied"
    assert healed["changed"] == killed["changed"]
    assert any("Ida Strand" in each for each in healed["changed"])
    assert "update CoreBundle core" in healed["steps"]
    assert healed["seconds"] > 0
    assert "as they were written" in examples.pbx("audit", "verify", "--holds", applied["digest"])
