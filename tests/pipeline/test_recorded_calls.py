"""Which recorded calls are meant, and who may listen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.core.errors import UsageError
from provisioner.core.ports.recordings import RecordedCall
from provisioner.pipeline.recorded_calls import chosen, listener
from tests.features.test_cases import SLUG, understood

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
CALLS = (
    RecordedCall("1", NOON - timedelta(seconds=1), 5, "user", "anna", "anna", "+46701740641", "in"),
    RecordedCall("2", NOON, 5, "number", "46850100101", "", "+46701740642", "in"),
    RecordedCall("3", NOON + timedelta(hours=1), 5, "queue", "sales", "", "anonymous", "in"),
)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, "123"),
        ({"user": "anna"}, "1"),
        ({"user": "bo"}, ""),
        ({"number": "+46701740642"}, "2"),
        ({"number": "46701740642"}, "2"),
        ({"number": "+46850100101"}, "2"),
        ({"number": "+4670174064"}, ""),
        ({"number": "sales"}, ""),
        ({"since": NOON}, "23"),
        ({"since": NOON, "number": "anonymous"}, "3"),
    ],
)
def test_filters(filters: dict[str, object], ids: str) -> None:
    assert "".join(each.id for each in chosen(CALLS, **filters)) == ids  # type: ignore[arg-type]


def test_only_those_whom_the_file_names_may_listen(tmp_path: Path) -> None:
    case = Path(__file__).parents[1] / "features/recording/cases/users/tenant.yaml"
    specification = understood(case, tmp_path)
    assert {user: listener(specification, SLUG, user) for user in ("anna", "bo", "cecilia")} == {
        "anna": False, "bo": False, "cecilia": True,
    }  # fmt: skip
    with pytest.raises(UsageError, match="no user 'eve'"):
        listener(specification, SLUG, "eve")
