"""What calls meet in the tenants of the cases: beside a case's files stands `traces.txt`, questions with their answers.

A question is a line `$ NUMBER OPTIONS…`, what `pbx trace acme` is asked; its answer follows. Run with `PBX_ACCEPT=1` to
write what came out, then read the difference before committing it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.cli import main
from tests.features.test_cases import SLUG, understood

FILES = sorted(Path(__file__).parent.glob("*/cases/*/traces.txt"))


def questions(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("$ "):
            yield line


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-4]}/{file.parts[-2]}")
def test_traces(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specification = understood(file.with_name("tenant.yaml"), tmp_path)
    assert specification.valid
    told = []
    for question in questions(file.read_text()):
        main.run(["trace", "--folder", str(tmp_path), SLUG, *shlex.split(question[2:])])
        said = capsys.readouterr()
        told.append(f"{question}\n{said.out}{said.err}".replace(f"tenants/{SLUG}/", ""))
    found = "\n".join(told)
    if os.environ.get("PBX_ACCEPT"):
        file.write_text(found)
    assert found == file.read_text()
