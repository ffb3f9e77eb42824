"""Results of probes for people: a table on a terminal, and under it what each failure expected and found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .junit import explain
from .outcome import Outcome, ProbeResult

if TYPE_CHECKING:
    from rich.console import Group

_MARKS = {Outcome.PASSED: "[green]✔ passed[/]", Outcome.FAILED: "[red]✘ failed[/]", Outcome.ERROR: "[red]! error[/]"}


def summary(results: Sequence[ProbeResult]) -> str:
    """One line: how many of what, and how long the calls took in all."""
    counts = {outcome: sum(each.outcome is outcome for each in results) for outcome in Outcome}
    parts = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return f"{', '.join(parts) or 'no probes'} ({sum(each.seconds for each in results):.0f} s of calls)"


def render(results: Sequence[ProbeResult]) -> Group:
    """To be printed by rich; it suits the width of the terminal."""
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for heading in ("", "Tenant", "Call", "Shows", "Time"):
        table.add_column(heading, justify="right" if heading == "Time" else "left", no_wrap=heading != "Call")
    for each in results:
        table.add_row(
            _MARKS[each.outcome],
            escape(each.probe.tenant),
            escape(each.probe.title),
            escape(" ".join(each.probe.rows)),
            f"{each.seconds:.1f} s",
        )
    told = [
        Text(f"\n{each.probe.tenant} {each.probe.id}: {each.probe.title}\n{explain(each)}") for each in _red(results)
    ]
    return Group(table, *told, Text(f"\n{summary(results)}"))


def _red(results: Sequence[ProbeResult]) -> list[ProbeResult]:
    return [each for each in results if each.outcome is not Outcome.PASSED]
