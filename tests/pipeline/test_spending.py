"""What a tenant's limits come to: by the tenant's own day, with the user's own limit or everybody's; and whose PIN."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from provisioner.core.errors import UsageError
from provisioner.core.ports.limits import Spent
from provisioner.pipeline.spending import Account, accounts, pin_of
from provisioner.pipeline.validate import Specification
from tests.features.test_cases import SLUG, specification_of

NIGHT = datetime(2027, 1, 30, 23, 30, tzinfo=UTC)  # half past midnight of the 31st in Stockholm
PROVIDER = Path(__file__).parents[1] / "features/limits/cases/every/provider.yaml"
LIMITS = """\
limits:
  spend: {daily: 500}
  each_user: {spend: {daily: 20, cut_off: 25}}
  users: {bo: {}}
  notify: {mail: [it@acme.example]}
outbound: {override: {users: [anna]}}
"""


@pytest.fixture
def specification(tmp_path: Path) -> Specification:
    return specification_of(LIMITS, tmp_path, PROVIDER)


def test_accounts(specification: Specification) -> None:
    found = {"": Spent("20270130", Decimal(480)), "anna": Spent("20270131", Decimal("19.99"))}
    assert list(accounts(specification, SLUG, found, NIGHT)) == [
        Account("", Decimal(0), Decimal(500), Decimal(750)),
        Account("anna", Decimal("19.99"), Decimal(20), Decimal(25)),
        Account("cecilia", Decimal(0), Decimal(20), Decimal(25)),
    ]


def test_pin(specification: Specification) -> None:
    assert pin_of(specification, SLUG, "anna") == "acme/pin/calls-anna"
    with pytest.raises(UsageError, match="'ana' of acme opens no barred calls") as caught:
        pin_of(specification, SLUG, "ana")
    assert caught.value.remedy == "did you mean anna?"
