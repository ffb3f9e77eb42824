"""Whole providers' folders and everything that is wrong with them, or nothing.

A case is a folder `cases/<case>/` with `provider.yaml`, `tenants/` and `findings.txt`. Each tenant file holds what is
its own; what every tenant needs is put before it. Run with `PBX_ACCEPT=1` to write what came out, then read the
difference before committing it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from provisioner.pipeline.build import build
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate
from tests.features.test_cases import shown

CASES = sorted((Path(__file__).parent / "cases").iterdir())
NEEDED = (
    "version: 1\nname: Some tenant\ntime_zone: Europe/Stockholm\nlanguage: sv\ncountry: SE\n"
    'sites: {main: {emergency_address: {street: Storgatan 1, postal_code: "111 22", city: Stockholm}}}\n'
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path) -> None:
    shutil.copy(case / "provider.yaml", tmp_path)
    (tmp_path / "tenants").mkdir()
    for file in (case / "tenants").glob("*.yaml"):
        (tmp_path / "tenants" / file.name).write_text(file.read_text() + NEEDED)
    found = [shown(each) for each in validate(load(tmp_path)).findings]
    assert [shown(each) for each in build(tmp_path, processes=1).findings] == found
    text = "".join(f"{line}\n" for line in found)
    stored = case / "findings.txt"
    if os.environ.get("PBX_ACCEPT"):
        stored.write_text(text)
    assert text == stored.read_text()
