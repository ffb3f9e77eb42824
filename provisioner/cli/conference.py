"""`pbx conference`: leads a telephone conference that is held, as leaders do by their keys; `bookings` books one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
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

    Act = Callable[[Conferences, str, str, str], Coroutine[None, None, None]]
    """Does something at a tenant's conference, to the call named last."""

app = typer.Typer(
    name="conference", help="Book or lead a telephone conference, or make links to video rooms.", no_args_is_help=True
)

TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]
NameArgument = Annotated[str, typer.Argument(help="The conference of the tenant's file.")]
WhoArgument = Annotated[
    str, typer.Argument(help="A user, an extension or a number that is in it; `members` for all who do not lead.")
]


@dataclass(frozen=True, slots=True)
class Room:
    """A conference of a tenant on a running platform."""

    verification: Verification
    specification: Specification
    tenant: str
    name: str


def _command(name: str, help: str, act: Act) -> None:
    """A command over a conference as a whole."""

    def command(
        tenant: TenantArgument,
        name: NameArgument,
        env: EnvironmentOption = "lab",
        form: FormatOption = Format.TEXT,
        folder: FolderOption = Path(),
    ) -> None:
        room = _opened(folder, env, tenant, name)
        asyncio.run(act(room.verification.conferences(), tenant, room.name, ""))
        _show(room, form)

    command.__doc__ = help
    app.command(name)(command)


def _command_about(name: str, help: str, act: Act) -> None:
    """A command over each call by which somebody is in a conference."""

    def command(
        tenant: TenantArgument,
        name: NameArgument,
        who: WhoArgument,
        env: EnvironmentOption = "lab",
        form: FormatOption = Format.TEXT,
        folder: FolderOption = Path(),
    ) -> None:
        room = _opened(folder, env, tenant, name)
        asyncio.run(_each(room, who, act))
        _show(room, form)

    command.__doc__ = help
    app.command(name)(command)


_command(
    "lock",
    "Let nobody in any more but leaders, until it is unlocked or the last has left.",
    lambda at, tenant, name, _: at.lock(tenant, name, True),
)
_command(
    "unlock",
    "Let members in again, also by PINs that were barred after too many wrong ones.",
    lambda at, tenant, name, _: at.lock(tenant, name, False),
)
_command_about(
    "mute",
    "Let the others no longer hear somebody.",
    lambda at, tenant, name, call: at.mute(tenant, name, call, True),
)
_command_about(
    "unmute",
    "Let the others hear somebody again.",
    lambda at, tenant, name, call: at.mute(tenant, name, call, False),
)
_command_about(
    "remove",
    "End somebody's call to the conference; she hears why.",
    lambda at, tenant, name, call: at.remove(tenant, name, call),
)


async def _each(room: Room, who: str, act: Act) -> None:
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.conferring import calls_of

    tenant, at = room.tenant, room.verification.conferences()
    held = next((each for each in await at.held(tenant) if each.name == room.name), None)
    if held is None:
        raise UsageError(
            f"nobody is in the conference {room.name} of {tenant}", f"`pbx conferences {tenant}` shows who is in which"
        )
    for call in calls_of(held, who, room.specification.scopes[tenant]):
        await act(at, tenant, room.name, call)


def _opened(folder: Path, env: str, tenant: str, name: str) -> Room:
    """Raises UsageError where the tenant's file has no such conference."""
    from provisioner.pipeline.conferring import KIND, find

    verification, specification = running(folder, env, tenant)
    find(specification, tenant, name)
    return Room(verification, specification, tenant, name.removeprefix(KIND))


def _show(room: Room, form: Format) -> None:
    from .conferences import facts, show

    told = facts(room.verification, room.specification, room.tenant)
    show([each for each in told if each["name"] == room.name], form)
