"""What tests of several rooms share: the running lab.

`lab` is brought up once a session and taken down at its end; set PBX_LAB_KEEP to leave it up between runs, and PBX_LAB
to choose its name. A lab that was up before stays up. Tests that use it carry the mark `lab` and need root.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        rows = rows_of(item)
        if rows:
            item.user_properties += [("id", item.nodeid), ("kind", kind_of(item)), *(("row", row) for row in rows)]
        if item.get_closest_marker("lab"):
            # One worker runs them all: they share machines.
            item.add_marker(pytest.mark.xdist_group("lab"))
            if os.geteuid() != 0:
                item.add_marker(pytest.mark.skip(reason="the lab needs root"))


def rows_of(item: pytest.Item) -> list[str]:
    """The rows of docs/rows.yaml that a test shows: its marks `row`, and the files `rows` above a feature's case."""
    rows = [row for mark in item.iter_markers("row") for row in mark.args]
    file = getattr(item, "callspec", None) and item.callspec.params.get("file")
    if isinstance(file, Path):
        for folder in file.parents[:3]:
            if (folder / "rows").is_file():
                rows += (folder / "rows").read_text(encoding="utf-8").split()
    return list(dict.fromkeys(rows))


def kind_of(item: pytest.Item) -> str:
    if item.get_closest_marker("lab"):
        return "live"
    return "case" if "cases" in item.nodeid else "test"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tells `make rows` which tests there are, when it asks."""
    if asked := os.environ.get("PBX_COLLECTED"):
        known = [(item.nodeid, kind_of(item), rows_of(item)) for item in session.items]
        Path(asked).write_text(json.dumps([each for each in known if each[2]]), encoding="utf-8")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    shared = Lab(os.environ.get("PBX_LAB") or "test")
    was_up = shared.status().phase == "ready"
    shared.up()
    yield shared
    if not was_up and not os.environ.get("PBX_LAB_KEEP"):
        shared.down()
