"""The tenants of all rooms' reception tests, applied once a session to a lab of their own.

The tests of one file run one after the other; files spread over the workers, each of which has such a lab.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.reception.queue_scene import eventually
from tests.lab.reception.reception import Reception
from tests.provider_folder import applied
from tests.running_lab import NAME, running

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
FOLDER = Path(__file__).with_name("folder")
GIVEN = {"CALENDARS_CALENDARS": 'an"na\\', "CALENDARS_BO": "bo & {{"}
"""Secrets of tenants that nobody but their provider knows."""


@pytest.fixture(scope="session")
def reception() -> Iterator[Reception]:
    with running(f"{NAME[:14]}-rec{WORKER}") as lab, pytest.MonkeyPatch.context() as given:
        for handle, value in GIVEN.items():
            given.setenv(f"PBX_SECRET_GIVEN_{handle}", value)
        folder = applied(FOLDER, lab)
        yield Reception(folder.path, folder.lab)


@pytest.fixture
def reachable(reception: Reception) -> None:
    """Queues pass over for ten seconds whom they did not reach, as a test before this one may have left her."""
    eventually(lambda: "State: 'UNAVAILABLE'" in reception.asterisk("devstate list"), False, 15)
