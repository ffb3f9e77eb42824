"""`pbx conference`: leads a telephone conference that is held, as leaders do by their keys; `bookings` books one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from provisioner.core.ports.conferences import Conferences
    from provisioner.pipeline.validate import Specification
    from provisioner.wiring import Verification

    Opened = tuple[Verification, Specification]
    Act = Callable[[Conferences, str], Coroutine[None, None, None]]

app = typer.Typer(
    name="conference", help="Book or lead a telephone conference, or make links to video rooms.", no_args_is_help=True
)

TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]
NameArgument = Annotated[str, typer.Argument(help="The conference of the tenant's file.")]
WhoArgument = Annotated[
    str, typer.Argument(help="A user, an extension or a number that is in it; `members` for all who do not lead.")
]


@app.command("lock")
def lock(
    tenant: TenantArgument,
    name: NameArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Let nobody in any more but leaders, until it is unlocked or the last has left."""
    opened = _opened(folder, env, tenant, name)
    asyncio.run(opened[0].conferences().lock(tenant, name, True))
    _show(opened, tenant, name, form)


@app.command("unlock")
def unlock(
    tenant: TenantArgument,
    name: NameArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Let members in again, also by PINs that were barred after too many wrong ones."""
    opened = _opened(folder, env, tenant, name)
    asyncio.run(opened[0].conferences().lock(tenant, name, False))
    _show(opened, tenant, name, form)


@app.command("mute")
def mute(
    tenant: TenantArgument,
    name: NameArgument,
    who: WhoArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Let the others no longer hear somebody."""
    opened = _opened(folder, env, tenant, name)
    _act(opened, tenant, name, who, lambda at, call: at.mute(tenant, name, call, True))
    _show(opened, tenant, name, form)


@app.command("unmute")
def unmute(
    tenant: TenantArgument,
    name: NameArgument,
    who: WhoArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Let the others hear somebody again."""
    opened = _opened(folder, env, tenant, name)
    _act(opened, tenant, name, who, lambda at, call: at.mute(tenant, name, call, False))
    _show(opened, tenant, name, form)


@app.command("remove")
def remove(
    tenant: TenantArgument,
    name: NameArgument,
    who: WhoArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """End somebody's call to the conference; she hears why."""
    opened = _opened(folder, env, tenant, name)
    _act(opened, tenant, name, who, lambda at, call: at.remove(tenant, name, call))
    _show(opened, tenant, name, form)


def _act(opened: Opened, tenant: str, name: str, who: str, act: Act) -> None:
    """Does something to each call by which somebody is in the conference."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.conferring import calls_of

    verification, specification = opened
    at = verification.conferences()

    async def all_of_them() -> None:
        held = next((each for each in await at.held(tenant) if each.name == name), None)
        if held is None:
            raise UsageError(
                f"nobody is in the conference {name} of {tenant}", f"`pbx conferences {tenant}` shows who is in which"
            )
        for call in calls_of(held, who, specification.scopes[tenant]):
            await act(at, call)

    asyncio.run(all_of_them())


def _opened(folder: Path, env: str, tenant: str, name: str) -> Opened:
    from provisioner.pipeline.conferring import find

    verification, specification = running(folder, env, tenant)
    find(specification, tenant, name)
    return verification, specification


def _show(opened: Opened, tenant: str, name: str, form: Format) -> None:
    from .conferences import facts, show

    show([each for each in facts(*opened, tenant) if each["name"] == name], form)
