"""`pbx invoice-basis`: users, plans, add-ons, numbers and calls of each tenant in a month, with what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .deployment import TargetOption
from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.invoicing import Line, Month

FORMAT_VERSION = 1


class BasisFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def invoice_basis(
    month: Annotated[str, typer.Option(help="The month, as 2027-01.", show_default="this month")] = "",
    target: TargetOption = None,
    calls: Annotated[
        list[Path] | None,
        typer.Option(help="A core node's channel event log, whose answered calls are metered; may be repeated."),
    ] = None,
    format: Annotated[BasisFormat, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries.")] = (
        BasisFormat.TEXT
    ),
    folder: FolderOption = Path(),
) -> None:
    """List what each tenant uses in a month and what it costs; an invoice is made of it elsewhere."""
    lines = _lines(folder, frozenset(target or ()), named(month), calls or [])
    if format is BasisFormat.CSV:
        print(_csv(lines), end="")
    elif format is BasisFormat.JSON:
        import json

        print(json.dumps(_document(lines), ensure_ascii=False, indent=2))
    else:
        for text in _text(lines):
            print(text)


def named(text: str) -> Month:
    """The month that is meant, this one where none is; raises UsageError."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.invoicing import Month

    if not text:
        now = datetime.now(UTC)
        return Month.of(now.year, now.month)
    try:
        meant = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"{text!r} is no month", "write it as 2027-01") from None
    return Month.of(meant.year, meant.month)


def _lines(folder: Path, only: frozenset[str], month: Month, logs: Sequence[Path]) -> list[Line]:
    from provisioner.core.errors import SpecificationInvalid
    from provisioner.pipeline import attendance, invoicing, metering
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    texts = [read(log) for log in logs]
    made = [call for text in texts for call in metering.calls(text)]
    attended = [call for text in texts for call in attendance.calls(text)]
    specification = validate(load(folder, only))
    if not specification.valid or specification.provider is None:
        raise SpecificationInvalid(specification.findings)
    catalogue = specification.provider.catalogue
    return [
        line
        for slug, tenant in specification.tenants.items()
        for line in invoicing.of_tenant(
            slug,
            tenant,
            catalogue,
            month,
            made,
            attendance.counted(attendance.records(slug, tenant, catalogue, month, attended)) if texts else None,
        )
    ]


def read(log: Path) -> str:
    """A channel event log; raises UsageError where it cannot be read."""
    from provisioner.core.errors import UsageError

    try:
        return log.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        hint = "name a file such as /var/log/asterisk/cel-custom/calls.csv of a core node"
        raise UsageError(f"{log} cannot be read: {error.strerror}", hint) from None


def _fields(line: Line) -> dict[str, Any]:
    """Money as text, so that no reader makes a float of it."""
    from dataclasses import asdict
    from decimal import Decimal

    return {key: f"{value:f}" if isinstance(value, Decimal) else value for key, value in asdict(line).items()}


def _csv(lines: Sequence[Line]) -> str:
    import csv
    import io
    from dataclasses import fields

    from provisioner.pipeline.invoicing import Line

    out = io.StringIO()
    writer = csv.DictWriter(out, [each.name for each in fields(Line)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_guarded(_fields(line)) for line in lines)
    return out.getvalue()


def _guarded(row: dict[str, Any]) -> dict[str, Any]:
    """A title that a spreadsheet would take for a formula is marked as text; numbers with a plus stay as they are."""
    title = row["title"]
    formula = title[:1] in "=-@\t\r" or (title[:1] == "+" and not title[1:].isdigit())
    return {**row, "title": f"'{title}"} if formula else row


def _document(lines: Sequence[Line]) -> dict[str, Any]:
    from provisioner.pipeline.invoicing import total

    return {
        "format_version": FORMAT_VERSION,
        "tenants": [
            {
                "tenant": tenant,
                "month": own[0].month,
                "currency": own[0].currency,
                "total": f"{total(own):f}",
                "lines": [{k: v for k, v in _fields(each).items() if k not in _COMMON} for each in own],
            }
            for tenant, own in _by_tenant(lines)
        ],
        "total": f"{total(lines):f}",
    }


_COMMON = ("tenant", "month", "currency")


def _by_tenant(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    from itertools import groupby

    for tenant, own in groupby(lines, key=lambda line: line.tenant):
        yield tenant, list(own)


def _text(lines: Sequence[Line]) -> Iterator[str]:
    from provisioner.pipeline.invoicing import total

    for tenant, own in _by_tenant(lines):
        yield f"{tenant}, {own[0].month}"
        for line in own:
            share = f"  {line.days} of {line.of_days} days" if line.days != line.of_days else ""
            if line.kind == "calls":
                share = f"  {line.seconds // 60}:{line.seconds % 60:02} min"
            if line.kind == "answered":
                share = f"  {line.price} a call of {line.included} s, {line.item}"
            alone = line.kind == "answered" or line.item in ("", line.title, line.offer)
            what = line.title if alone else f"{line.item}: {line.title}"
            count = "–" if line.quantity is None else line.quantity
            yield f"  {line.kind:<8}{count:>4} × {what:<53}{line.amount:>12}{share}"
        yield f"  {'':<13} {'total ' + own[0].currency:<54}{total(own):>12}".rstrip()
    if len({line.tenant for line in lines}) > 1:
        yield f"all tenants {total(lines)} {lines[0].currency}".rstrip()
