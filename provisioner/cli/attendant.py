"""`pbx attendant`: what external attendants must know to answer for a tenant, and the calls that they answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.ports.activities import Doing
    from provisioner.pipeline.attendance import Attended, Record
    from provisioner.wiring import Verification

FORMAT_VERSION = 1

app = typer.Typer(
    name="attendant", no_args_is_help=True, help="Show external attendants what to answer, and what they answered."
)

TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]


@app.command()
def sheet(
    tenant: TenantArgument,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no machine: leave out what people are doing.")
    ] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show how calls to each number are answered, the office, and what its people are doing now."""
    from provisioner.pipeline import attendant_sheet

    verification, specification = running(folder, env, tenant)
    document, scope = specification.tenants[tenant], specification.scopes[tenant]
    doing = None if offline or document.activities is None else _doing(verification, tenant)
    sheets = attendant_sheet.of_tenant(document, scope, doing, datetime.now(UTC))
    if form is Format.JSON:
        facts = {"format_version": FORMAT_VERSION, "sheets": [each.document() for each in sheets]}
        print(json.dumps(facts, ensure_ascii=False))
        return
    for each in sheets:
        print("\n".join(attendant_sheet.text(each)))


@app.command()
def records(
    tenant: TenantArgument,
    month: Annotated[str, typer.Option(help="The month, as 2027-01.", show_default="this month")] = "",
    calls: Annotated[
        list[Path] | None,
        typer.Option(help="A core node's channel event log instead of what the node has now; may be repeated."),
    ] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List the calls that external attendants answered in a month, each with its tariff and price."""
    from provisioner.pipeline import attendance

    from .invoice_basis import named

    meant = named(month)
    verification, specification = running(folder, env, tenant)
    catalogue, document = verification.deployment.provider.catalogue, specification.tenants[tenant]
    made = _made(verification, tenant, calls or [])
    found = attendance.records(tenant, document, catalogue, meant, made)
    currency, zone = catalogue.currency or "", document.time_zone
    total = sum((each.price for each in found), start=0)
    if form is Format.JSON:
        facts = [_fields(each, zone) for each in found]
        head = {"format_version": FORMAT_VERSION, "tenant": tenant, "month": str(meant), "currency": currency}
        print(json.dumps({**head, "total": f"{total:.2f}", "calls": facts}, ensure_ascii=False))
        return
    for line in _lines(found, zone):
        print(line)
    print(f"{len(found)} calls, {total:.2f} {currency}".rstrip())


@app.command()
def login(
    tenant: TenantArgument,
    attendant: Annotated[str, typer.Argument(help="The external attendant of the tenant's file.")],
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Tell where an external attendant's company finds her sheet, and with which login."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.features.external_attendants.model import account, password

    verification, specification = running(folder, env, tenant)
    known = specification.tenants[tenant].external_attendants
    if attendant not in known:
        near = nearest(attendant, known)
        hint = f"did you mean {near}?" if near else f"it has: {', '.join(known) or 'none'}"
        raise UsageError(f"{tenant} has no external attendant {attendant!r}", hint)
    deployment = verification.deployment
    facts = {
        "address": f"https://{deployment.edge_name}/v1/tenants/{tenant}/attendants/{attendant}",
        "account": account(attendant),
        "password": deployment.secret_of_device(password(tenant, attendant)),
    }
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, **facts}))
        return
    for key, value in facts.items():
        print(f"{key}: {value}")


def _doing(verification: Verification, tenant: str) -> dict[str, Doing]:
    return dict(asyncio.run(verification.activities().everybody(tenant)))


def _made(verification: Verification, tenant: str, logs: Sequence[Path]) -> list[Attended]:
    from provisioner.pipeline import attendance

    from .invoice_basis import read

    texts = [read(log) for log in logs] or [asyncio.run(verification.call_events().log(tenant))]
    return [call for text in texts for call in attendance.calls(text)]


def _fields(record: Record, zone: str) -> dict[str, Any]:
    """Money as text, so that no reader makes a float of it."""
    from zoneinfo import ZoneInfo

    call = record.call
    return {
        "answered": call.answered.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        "attendant": call.attendant,
        "number": call.number,
        "caller": call.caller,
        "seconds": call.seconds,
        "mediation": str(call.mediation),
        "connected": call.connected or None,
        "add_on": record.add_on or None,
        "tariff": record.tariff or None,
        "title": record.title,
        "price": f"{record.price:.2f}",
    }


def _lines(found: Sequence[Record], zone: str) -> Sequence[str]:
    def line(each: dict[str, Any]) -> str:
        what = f"connected to {each['connected']}" if each["connected"] else "message"
        priced = each["title"] or "no tariff"
        at = each["answered"][:19].replace("T", " ")
        return (
            f"{at}  {each['number']:<15} from {each['caller'] or 'unknown':<15} {each['seconds']:>5} s  {what:<20}"
            f"{each['price']:>9}  {priced}"
        )

    return [line(_fields(each, zone)) for each in found]
