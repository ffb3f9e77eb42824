"""Every case is read on one day, so that none of them comes to say something else as years go by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

import pytest

from provisioner.pipeline import scopes


class NewYear2026(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> NewYear2026:
        return cls(2026, 1, 1, 12, tzinfo=tz)


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(scopes, "datetime", NewYear2026)
        yield
