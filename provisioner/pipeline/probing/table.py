"""Results of probes for people: a table on a terminal, and under it what each failure expected and found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .junit import explain, steps
from .outcome import Outcome, ProbeResult

if TYPE_CHECKING:
    from rich.console import Group

_MARKS = {Outcome.PASSED: "[green]✔ passed[/]", Outcome.FAILED: "[red]✘ failed[/]", Outcome.ERROR: "[red]! error[/]"}


def summary(results: Sequence[ProbeResult]) -> str:
    """One line: how many of what, and how long the calls took in all."""
    counts = {outcome: sum(each.outcome is outcome for each in results) for outcome in Outcome}
    parts = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return f"{', '.join(parts) or 'no probes'} ({sum(each.seconds for each in results):.0f} s of calls)"


def render(results: Sequence[ProbeResult], *, whole: bool = False) -> Group:
    """To be printed by rich; it suits the width of the terminal. `whole` tells each step of every call."""
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
    told = [Text(_told(each, whole)) for each in results if whole or each.outcome is not Outcome.PASSED]
    return Group(table, *told, Text(f"\n{summary(results)}"))


def _told(result: ProbeResult, whole: bool) -> str:
    lines = [f"\n{result.probe.tenant} {result.probe.id}: {result.probe.title}"]
    if whole:
        lines += steps(result)
    if result.outcome is not Outcome.PASSED:
        lines.append(explain(result))
    return "\n".join(lines)
