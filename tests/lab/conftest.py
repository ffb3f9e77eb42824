"""The lab that the tests of this folder use: PBX_LAB names it, and it must be up (`pbx lab up`)."""

from __future__ import annotations

import os

import pytest

from provisioner.adapters.lab.lifecycle import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    chosen = Lab(os.environ.get("PBX_LAB", "default"))
    phase = chosen.status().phase
    if phase != "ready":
        pytest.skip(f"lab {chosen.name!r} is {phase}; bring it up with `pbx lab up`")
    return chosen
