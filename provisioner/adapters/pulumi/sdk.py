"""Pulumi's SDK, kept from asking the engine for what we know already: versions, histories, outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi import automation

QUIET: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}
"""For each run of a stack."""


def quiet_stack(name: str, workspace: automation.LocalWorkspace) -> automation.Stack:
    """A stack that is there already, and asks for no history and outputs after a run: 0.1 s for each question."""
    from pulumi import automation

    class Quiet(automation.Stack):
        def __init__(self) -> None:
            self.name = name
            self.workspace = workspace

        def outputs(self) -> Any:
            return {}

        def info(self, show_secrets: bool = False) -> Any:  # noqa: ARG002
            return object()

    return Quiet()


def known_command(program: Path, version: Any) -> Any:
    """The SDK's command for a program whose version is known, so that it is not asked for again."""
    from pulumi.automation import PulumiCommand

    class Known(PulumiCommand):
        def __init__(self) -> None:
            self.command = str(program)
            self.version = version

    return Known()
