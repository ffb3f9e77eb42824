"""A tenant's life in Git, lived once for all tests that only read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.a_tenants_life import live


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("life")
    live(folder)
    return folder


@pytest.fixture
def own(life: Path, tmp_path: Path) -> Path:
    """The same for a test that writes."""
    return Path(shutil.copytree(life, tmp_path / "own"))
