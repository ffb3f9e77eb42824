"""What the run writes to: whether it colors, how much it says, and the writers for stdout and stderr.

stdout carries the requested document and nothing else; progress and messages go to stderr. Commands ask `current()`;
rich is imported only where a terminal will show it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

SIGNS = {"!": "bold red", "+": "green", "-": "red", "~": "yellow", "±": "yellow"}
"""How a line that begins with the sign is painted."""

WIDE = 160
"""Columns of a table where no terminal says how wide it is."""


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Screen:
    """The wishes of `--color`, `-q/-v` and `--debug`."""

    color: Color = Color.AUTO
    verbosity: int = 0
    """-1 quiet, 0 normal, 1 and 2 more."""
    debug: bool = False

    def colors(self, stream: TextIO) -> bool:
        """Whether `stream` shows colors: flag before NO_COLOR before FORCE_COLOR before what the stream is."""
        if self.color is not Color.AUTO:
            return self.color is Color.ALWAYS
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and os.environ.get("TERM") not in ("dumb", "")

    def console(self, stream: TextIO | None = None) -> Console:
        """A rich console on `stream` (stdout where none is named) that obeys the wishes."""
        from rich.console import Console

        stream = stream or sys.stdout
        colored = self.colors(stream)
        return Console(
            file=stream,
            force_terminal=colored or None,
            no_color=not colored,
            color_system="auto" if colored else None,
            highlight=False,
            width=None if stream.isatty() or "COLUMNS" in os.environ else WIDE,
        )

    def changes(self, lines: Iterable[str], stream: TextIO | None = None) -> None:
        """Writes lines of a plan or its outcome, painted by the sign that each begins with; plain where none can see.

        A line without indent is a heading.
        """
        stream = stream or sys.stdout
        if not self.colors(stream):
            for line in lines:
                print(line, file=stream)
            return
        console = self.console(stream)
        for line in lines:
            style = SIGNS.get(line.lstrip()[:1], "") if line.startswith(" ") else "bold"
            console.print(line, style=style, markup=False, soft_wrap=True)

    def note(self, message: str, level: int = 0) -> None:
        """A line on stderr for people who asked for at least this much."""
        if self.verbosity >= level:
            print(message, file=sys.stderr)


_SCREEN: ContextVar[Screen] = ContextVar("screen")
_SCREEN.set(Screen())


def use(screen: Screen) -> None:
    """Makes `screen` the one of this run."""
    _SCREEN.set(screen)


def current() -> Screen:
    """The screen of this run."""
    return _SCREEN.get()
