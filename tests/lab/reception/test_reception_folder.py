"""The folder that the reception's tests apply, before any machine sees it."""

from __future__ import annotations

from pathlib import Path

from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate


def test_nothing_is_to_complain_about() -> None:
    found = validate(load(Path(__file__).with_name("folder")))
    assert [str(each) for each in found.findings] == []
