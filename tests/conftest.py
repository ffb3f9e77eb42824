"""What tests of several rooms share: the running lab, and the examples applied to it.

`lab` is brought up once a session and taken down at its end; set PBX_LAB_KEEP to leave it up between runs, and PBX_LAB
to choose its name. A lab that was up before stays up. Tests that use it carry the mark `lab` and need root.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from provisioner.adapters.lab import Lab
from tests.provider_folder import EXAMPLES, ProviderFolder, applied
from tests.running_lab import NAME, running

LONGEST = (
    "lab",
    "edge",
    "test_prompts",
    "test_bad_callers",
    "test_queue_day",
    "test_schedules",
    "test_activities",
    "test_menus",
)
"""Groups of a lab's tests that take minutes. They begin first, else one worker is at them when others have ended."""

# As the engine's adapter sets it. gRPC reads it once, when it is imported, and here a test's module does so first: then
# some forks of a playbook's run end with "Bad file descriptor".
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

OWN_LABS = (("core",), ("edge",), ("images",), ("cluster",))
"""Folders of tests/lab whose tests bring up machines of their own; all others use the fixture `lab`."""


hypothesis.settings.register_profile("same", derandomize=True)
if not os.environ.get("PBX_PROOF"):
    # A change is judged by what it changes: the same examples at each run. With PBX_PROOF set others are tried, as
    # `make proof` does for traces.
    hypothesis.settings.load_profile("same")


def pytest_configure() -> None:
    """What a shell runs in the background ignores Ctrl-C, and so would every `pbx` that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        rows = rows_of(item)
        if rows:
            item.user_properties += [("id", item.nodeid), ("kind", kind_of(item)), *(("row", row) for row in rows)]
        if item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.xdist_group(lab_of(item)))
            if os.geteuid() != 0:
                item.add_marker(pytest.mark.skip(reason="the lab needs root"))
    items.sort(key=turn_of)


def turn_of(item: pytest.Item) -> int:
    """The longest groups, then other groups, then tests that need no lab, each in the order of the files."""
    if not item.get_closest_marker("lab"):
        return len(LONGEST) + 1
    group = lab_of(item)
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)


def lab_of(item: pytest.Item) -> str:
    """Names the tests that one worker runs one after the other, because they share machines."""
    folders = item.path.relative_to(Path(__file__).parent).parts[:-1]
    if folders == ("lab", "reception"):
        return item.path.stem  # each worker has a lab for them
    return folders[1] if folders[:1] == ("lab",) and folders[1:] in OWN_LABS else "lab"


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
    """Tells `make rows` which tests there are, when it asks; no lab's tests may be spread over workers."""
    grouped = session.config.getoption("loadgroup", False)
    spread = [item.nodeid for item in session.items if item.get_closest_marker("lab") and "@" not in item.nodeid]
    if grouped and spread:
        raise pytest.UsageError(f"two workers would share a lab: {spread[0]} has no group")
    if asked := os.environ.get("PBX_COLLECTED"):
        known = [(item.nodeid, kind_of(item), rows_of(item)) for item in session.items]
        Path(asked).write_text(json.dumps([each for each in known if each[2]]), encoding="utf-8")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    with running(NAME) as shared:
        yield shared


@pytest.fixture(scope="session")
def examples(lab: Lab) -> ProviderFolder:
    """The examples, applied to the lab. Whoever changes a file puts it back and applies again."""
    return applied(EXAMPLES, lab)
