"""The command that goes to a machine of the lab."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from provisioner.adapters.lab import Lab
from provisioner.cli import main


@pytest.mark.parametrize(
    ("written", "run"),
    [
        (["ls", "--color"], ["ls", "--color"]),
        (["--", "ls", "--color"], ["ls", "--color"]),
        (["ls", "--", "file"], ["ls", "--", "file"]),
        ([], []),
    ],
)
def test_a_double_dash_before_the_command_is_not_part_of_it(
    written: list[str], run: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, list[str]]] = []

    def shell(_: Lab, machine: str, command: Sequence[str]) -> int:
        ran.append((machine, list(command)))
        return 7

    monkeypatch.setattr(Lab, "shell", shell)
    assert main.run(["lab", "shell", "core", *written]) == 7
    assert ran == [("core", run)]
