"""Shows on stderr what goes on: a live list on a terminal, else one line for each change and a heartbeat.

Not for results: those go to stdout.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import screen

HEARTBEAT_SECONDS = 10

Tell = Callable[[str, str], None]
"""Called with a subject and what it does now."""


def say(text: str) -> None:
    """A last word on stderr, unless the user wants quiet."""
    if screen.current().verbosity >= 0:
        print(text, file=sys.stderr)


@contextmanager
def shown(title: str) -> Iterator[Tell]:
    """Yields the function to tell progress to; may be called from any thread."""
    if screen.current().verbosity < 0:
        yield lambda _subject, _word: None
    elif sys.stderr.isatty():
        with _live(title) as tell:
            yield tell
    else:
        with _lines(title) as tell:
            yield tell


@contextmanager
def _lines(title: str) -> Iterator[Tell]:
    started = last = time.monotonic()
    latest = title
    ended = threading.Event()
    guard = threading.Lock()

    def write(text: str) -> None:
        nonlocal last
        last = time.monotonic()
        print(f"{last - started:6.1f} s  {text}", file=sys.stderr, flush=True)

    def tell(subject: str, word: str) -> None:
        nonlocal latest
        with guard:
            latest = f"{subject}: {word}"
            write(latest)

    def beat() -> None:
        while not ended.wait(1):
            with guard:
                if time.monotonic() - last >= HEARTBEAT_SECONDS:
                    write(f"still at {latest}")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        ended.set()
        thread.join()


@contextmanager
def _live(title: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.table import Table

    words: dict[str, str] = {}
    guard = threading.Lock()
    spinner = Spinner("dots")

    class View:
        def __rich__(self) -> Table:
            table = Table.grid(padding=(0, 2))
            table.add_row(spinner, title)
            with guard:
                for subject, word in words.items():
                    table.add_row("", subject, word)
            return table

    def tell(subject: str, word: str) -> None:
        with guard:
            words[subject] = word

    with Live(View(), console=Console(stderr=True), refresh_per_second=8, transient=True):
        yield tell
