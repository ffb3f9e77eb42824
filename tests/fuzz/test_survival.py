"""Two hundred made-up files in each run of the tests, the same each time; `make fuzz` tries a hundred thousand."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from provisioner.pipeline.build import build

from .mutations import FILES, PLACES, TENANT, tenants
from .survival import FEATURES, TooSlow, folder, survives, within


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("fuzz") / "folder")


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(FILES, PLACES)
def test_any_file_is_survived(root: Path, file: tuple[str, bytes], where: int) -> None:
    survives(root, *file, where)


def test_most_seeds_are_compiled_before_they_are_spoiled(root: Path) -> None:
    """Else the edits would never get as far as the compiler."""
    whole = 0
    shutil.copy(FEATURES / "provider.yaml", root)
    for text in tenants():
        (root / TENANT).write_text(text, encoding="utf-8")
        whole += build(root, processes=1).valid
    assert whole > len(tenants()) / 2


def test_what_takes_too_long_is_noticed() -> None:
    with pytest.raises(TooSlow), within(1):
        signal.pause()
