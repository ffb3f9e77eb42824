"""`pbx lab`: the lab on the engineer's own computer, up, down, status, and a shell on its machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .lab_call import call
from .progress import say, shown

if TYPE_CHECKING:
    from provisioner.adapters.lab import LabStatus
    from provisioner.adapters.lab.catcher import Caught

app = typer.Typer(
    name="lab",
    help="Five Debian machines on this computer, made in seconds, to apply and test against.\n\nNeeds root.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Name = Annotated[str, typer.Option("--name", envvar="PBX_LAB", help="Which lab; several may run side by side.")]


class Format(StrEnum):
    text = "text"
    json = "json"


@app.command()
def up(
    name: Name = "default",
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="MACHINE", help="Only this machine; may be repeated.")
    ] = None,
) -> None:
    """Bring the lab up and wait until every machine answers. Harmless when it is up."""
    from provisioner.adapters.lab import Lab

    lab = Lab(name)
    with shown(f"lab {name}") as tell:
        lab.up(tell, only or ())
    say(f"lab {name} is up; next: pbx lab status, pbx lab shell edge")


@app.command()
def down(name: Name = "default") -> None:
    """Take the lab down; nothing of it stays but the image in the cache."""
    from provisioner.adapters.lab import Lab

    with shown(f"lab {name}") as tell:
        was_there = Lab(name).down(tell)
    say(f"lab {name} {'is gone' if was_there else 'was not there'}")


@app.command()
def status(
    name: Name = "default",
    form: Annotated[Format, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout gets.")] = Format.text,
) -> None:
    """Say what runs, under which addresses, and with how much memory."""
    from provisioner.adapters.lab import Lab

    found = Lab(name).status()
    if form is Format.json:
        print(json.dumps({"format_version": 1, **asdict(found)}, indent=2, default=str))
    else:
        print(_as_text(found))


def _as_text(found: LabStatus) -> str:
    lines = [f"lab {found.name}: {found.phase}"]
    for machine in found.machines:
        life = "up" if machine.answers else "boots" if machine.alive else "stopped"
        lines.append(
            f"  {machine.name:<8} {life:<8} {machine.private_address:<15} {machine.public_address or '-':<15} "
            f"{machine.memory / 2**20:5.0f} MB  {machine.namespace}"
        )
    if found.inventory:
        total = sum(machine.memory for machine in found.machines) / 2**20
        lines += [f"  memory     {total:.0f} MB", f"  inventory  {found.inventory}", f"  ssh        {found.ssh_config}"]
    return "\n".join(lines)


PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@app.command(
    context_settings=PASS_ON,
)
def shell(
    machine: Annotated[str, typer.Argument(help="data, edge, core, carrier or phones.")],
    command: Annotated[list[str] | None, typer.Argument(help="What to run there; without it, a shell.")] = None,
    name: Name = "default",
) -> None:
    """Open a shell on a machine, or run a command there. Options stand before the machine's name."""
    from provisioner.adapters.lab import Lab

    words = command or []
    raise typer.Exit(Lab(name).shell(machine, words[1:] if words[:1] == ["--"] else words))


@app.command()
def mail(
    name: Name = "default",
    last: Annotated[int, typer.Option("--last", min=1, help="How many; the newest stands last.")] = 10,
    form: Annotated[Format, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout gets.")] = Format.text,
) -> None:
    """Show the mails and text messages that the lab's platform sent."""
    from provisioner.adapters.lab import Lab, catcher

    found = catcher.caught(Lab(name).run)[-last:]
    if form is Format.json:
        print(json.dumps({"format_version": 1, "messages": [_message(each) for each in found]}, indent=2))
    else:
        print("\n\n".join(map(_read, found)) or f"nothing has been sent in the lab {name}")


def _message(each: Caught) -> dict[str, Any]:
    files = [{"name": name, "bytes": len(content)} for name, content in each.files]
    return {**asdict(each), "files": files}


def _read(each: Caught) -> str:
    when = datetime.fromtimestamp(each.at, UTC).astimezone()
    head = f"{when:%H:%M:%S}  {each.kind} to {', '.join(each.to)} from {each.sender}"
    files = [f"carries {name} ({len(content)} bytes)" for name, content in each.files]
    lines = [*([each.subject] if each.subject else []), *each.text.rstrip().splitlines(), *files]
    return "\n".join([head, *(f"  {line}" for line in lines)])


app.command()(call)


if __name__ == "__main__":
    app()
