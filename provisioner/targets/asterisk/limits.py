"""What a tenant's limits live with on its core node: entries of AstDB that outlive restarts and applies.

The dialplan (room `limits`) writes them and the command `pbx limits` reads them and lifts a stop. Money is counted in
sixtieths of a hundredth of the currency, so that a second of any price by the minute is a whole number.
"""

from __future__ import annotations

from decimal import Decimal

from provisioner.core.ports.limits import Spent, Stop

from . import naming
from .objects import Step


def context(slug: str, *parts: str) -> str:
    return naming.context(slug, "limits", *parts)


def ask(slug: str, number: str) -> Step:
    """Before a call goes out to a public number: comes back where it may, else says why not and ends the call."""
    return Step("Gosub", f"{context(slug)},out,1({number})")


NO_LINE = "34"
"""The cause of calls that find no line free, at the platform or at a carrier (Q.850: no circuit available)."""


def none_was_free(slug: str) -> Step:
    """After a call has gone out in vain: whoever came too late for the last line hears that all are busy."""
    late = f'"${{DIALSTATUS}}" = "CHANUNAVAIL" & "${{HANGUPCAUSE}}" = "{NO_LINE}"'
    return Step("GotoIf", f"$[{late}]?{context(slug)},lines,1")


PARTS = 6000
"""Parts that one unit of the currency is counted in."""

STOP = "fraud-stop"
"""Below the tenant's family: there while dear calls are stopped, as `<epoch>:<user>:<number>`."""

ENDED = "ended-"
"""The beginning of the key below the tenant's family by which an answered leg tells its meter that it is over."""

RECENT = "fraud-calls"
"""Below the tenant's family: when the last calls of the watched classes began, joined by hyphens."""


def spending_key(user: str = "") -> str:
    """Below the tenant's family: what the tenant's or a user's calls cost today, as `<day>:<parts>:<told>`."""
    return f"spend-{user}" if user else "spend"


def parts(amount: Decimal) -> int:
    return int(amount * PARTS)


def money(text: str) -> Decimal:
    """An amount of the dialplan's in the currency, rounded to hundredths."""
    return (Decimal(text) / PARTS).quantize(Decimal("0.01"))


def spent(entry: str) -> Spent:
    """What an entry of `spending_key` says; nothing spent where it makes no sense."""
    day, amount, *_ = (*entry.split(":"), "", "")
    return Spent(day, money(amount)) if amount.isdigit() else Spent()


def stop(entry: str) -> Stop | None:
    """What an entry `STOP` says, or None where no calls are stopped."""
    since, user, number, *_ = (*entry.split(":"), "", "", "")
    return Stop(int(since), user, number) if since.isdigit() else None
