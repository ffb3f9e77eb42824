"""A folder that lost its tenants takes nothing away from the lab; what is allowed goes, and the history says why."""

from __future__ import annotations

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "kiosken"


def test_an_empty_folder_touches_nothing_and_an_allowed_loss_says_why(examples: ProviderFolder) -> None:
    tenants, away = examples.path / "tenants", examples.path / "elsewhere"
    before = examples.held(TENANT)
    tenants.rename(away)
    try:
        refused = examples.try_pbx("apply", "--yes")
    finally:
        away.rename(tenants)
    assert refused.returncode == 4, refused.stderr
    assert "tenants: 3 of 3 would go" in refused.stderr
    assert "--allow tenants" in refused.stderr
    assert examples.held(TENANT) == before

    provider, file = examples.path / "provider.yaml", examples.tenant(TENANT)
    written, limits = file.read_text(encoding="utf-8"), provider.read_text(encoding="utf-8")
    file.unlink()
    provider.write_text(limits.replace("tenants: {count: 1,", "tenants: {count: 0,"), encoding="utf-8")
    try:
        examples.pbx("apply", "--yes", code=4)
        examples.pbx("apply", "--yes", "--allow", "tenants", "--reason", "the kiosk closed")
        last, *_ = examples.document("history", TENANT)["records"]
        assert TENANT not in examples.run("core", "ls /etc/asterisk/pbx/tenants").split()
    finally:
        provider.write_text(limits, encoding="utf-8")
        file.write_text(written, encoding="utf-8")
        examples.pbx("apply", "--yes")
    assert (last["allowed"], last["reason"], last["result"]) == (["tenants"], "the kiosk closed", "applied")
    assert last["changed"][0].startswith("! Kiosken is taken away")
    assert examples.held(TENANT) == before
