"""The configuration of a core node: whole files against stored ones, and what must never be in them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from provisioner.targets.asterisk import platform
from provisioner.targets.asterisk.core_node import CorePlatform, Edge, render
from provisioner.targets.asterisk.modules import APPLICATIONS, MODULES

EXPECTED = Path(__file__).parent / "expected" / "platform"
NODE = CorePlatform("core", "198.18.0.30", (Edge("edge", "198.18.0.20"),), language="sv")


def text(path: str, node: CorePlatform = NODE) -> str:
    (file,) = (each for each in render(node).files if each.path == path)
    return file.text


@pytest.mark.parametrize(
    "path", ["pjsip.conf", "extensions.conf", "features.conf", "cel_custom.conf", "voicemail.conf"]
)
def test_whole_file(path: str) -> None:
    """Run with `PBX_ACCEPT=1` to write what is rendered now, then read the difference."""
    if os.environ.get("PBX_ACCEPT"):
        (EXPECTED / path).write_text(text(path))
    assert text(path) == (EXPECTED / path).read_text()


def test_two_edges_are_two_endpoints() -> None:
    node = dataclasses.replace(NODE, edges=(Edge("edge-a", "198.18.0.20"), Edge("edge-b", "198.18.0.21")))
    assert text("pjsip.conf", node).count("type = identify") == 2
    assert "PBX_EDGE = edge-a\n" in text("extensions.conf", node)


@pytest.mark.parametrize(("events", "said"), [(True, "enable = yes"), (False, "enable = no")])
def test_call_events(events: bool, said: str) -> None:
    assert said in text("cel.conf", dataclasses.replace(NODE, call_events=events))


@pytest.mark.parametrize("module", ["func_shell", "func_env", "func_curl", "app_system", "app_externalivr"])
def test_no_way_to_the_system(module: str) -> None:
    assert module not in MODULES
    assert f"load = {module}.so" not in text("modules.conf")


def test_every_application_has_its_module() -> None:
    assert {module for module in APPLICATIONS.values() if module} <= set(MODULES)
    assert len(MODULES) == len(set(MODULES))


def test_known_contexts_are_those_of_the_dialplan() -> None:
    sections = {line.strip("[]") for line in platform.DIALPLAN.splitlines() if line.startswith("[")}
    assert sections == platform.CONTEXTS
