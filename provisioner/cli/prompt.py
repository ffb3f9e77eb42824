"""`pbx prompt`: what callers hear and who recorded it, on the running platform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.artifacts import Lived
    from provisioner.pipeline.recordings import Row
    from provisioner.wiring import Verification

FORMAT_VERSION = 1

app = typer.Typer(
    name="prompt", help="List prompts, and handle those that users record by phone.", no_args_is_help=True
)

TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]
PromptArgument = Annotated[str, typer.Argument(help="A prompt of the tenant's file.")]
LanguageOption = Annotated[
    str, typer.Option("--language", help="Which of its languages.", show_default="the tenant's", metavar="TAG")
]


@app.command("list")
def list_(
    tenant: TenantArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List what callers hear: a text, a file, or what somebody recorded, and when."""
    from provisioner.pipeline import recordings

    verification, specification = running(folder, env, tenant)
    live = asyncio.run(verification.recorded_prompts().recorded(tenant))
    rows = list(recordings.rows(specification, tenant, live))
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, "prompts": [_facts(each) for each in rows]}, indent=2))
        return
    from rich.table import Table

    zone = ZoneInfo(specification.tenants[tenant].time_zone)
    table = Table("prompt", "language", "dial", "heard", "recorded", box=None, pad_edge=False)
    for each in rows:
        table.add_row(each.prompt, each.language, each.dialled, each.heard, " ".join(_when(each, zone)))
    screen.current().console().print(table)


@app.command()
def export(
    tenant: TenantArgument,
    prompt: PromptArgument,
    file: Annotated[Path, typer.Argument(help="Where the WAV file shall lie.")],
    language: LanguageOption = "",
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Fetch what callers hear now, as a WAV file."""
    from provisioner.pipeline import whole

    verification, sound = _found(folder, env, tenant, prompt, language)
    wav = asyncio.run(verification.recorded_prompts().heard(sound))
    whole.put(file, wav)
    print(f"{tenant} {prompt}: {(len(wav) - 44) / 16000:.1f} s in {file}")


@app.command("import")
def import_(
    tenant: TenantArgument,
    prompt: PromptArgument,
    file: Annotated[Path, typer.Argument(help="An audio file of any usual format.", exists=True, dir_okay=False)],
    language: LanguageOption = "",
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Put an audio file in the place of what callers hear, as if somebody had recorded it by phone."""
    from provisioner.adapters.sounds import telephone_form

    verification, sound = _found(folder, env, tenant, prompt, language)
    wav = telephone_form(file.read_bytes(), str(file))
    asyncio.run(verification.recorded_prompts().put(sound, wav))
    print(f"{tenant} {prompt}: {(len(wav) - 44) / 16000:.1f} s are heard from now on")


@app.command()
def reset(
    tenant: TenantArgument,
    prompt: PromptArgument,
    language: LanguageOption = "",
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Throw a recording away, so that callers hear what the tenant's file declares; `export` keeps a copy before."""
    from provisioner.pipeline import recordings

    verification, specification = running(folder, env, tenant)
    kept = verification.recorded_prompts()
    name, tag = recordings.to_reset(specification, tenant, prompt, language, lambda: asyncio.run(kept.recorded(tenant)))
    asyncio.run(kept.reset(tenant, name, tag))
    print(f"{tenant} {prompt}: callers hear what the file declares")


@app.command()
def pin(tenant: TenantArgument, env: EnvironmentOption = "lab", folder: FolderOption = Path()) -> None:
    """Tell the PIN that is asked for before a prompt is recorded by phone."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import recordings

    verification, specification = running(folder, env, tenant)
    handle = recordings.pin(specification, tenant)
    if not handle:
        raise UsageError(f"{tenant} records no prompt by phone", "write `recorded: 1` at a prompt")
    print(verification.deployment.secrets.get(handle))


def _found(folder: Path, env: str, tenant: str, prompt: str, language: str) -> tuple[Verification, Lived]:
    from provisioner.pipeline import recordings

    verification, specification = running(folder, env, tenant)
    return verification, recordings.find(specification, tenant, prompt, language)


def _facts(row: Row) -> dict[str, object]:
    recorded = row.recorded and {"at": row.recorded.at.isoformat(), "seconds": round(row.recorded.seconds, 2)}
    return {
        "prompt": row.prompt,
        "language": row.language or None,
        "dialled": row.dialled or None,
        "heard": row.heard,
        "recorded": recorded,
    }


def _when(row: Row, zone: ZoneInfo) -> Iterator[str]:
    if row.recorded:
        yield f"{row.recorded.at.astimezone(zone):%Y-%m-%d %H:%M}, {row.recorded.seconds:.1f} s"
