"""`pbx lab call`: one call through the running platform, told as it happens, and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .deployment import EnvironmentOption
from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.core.artifacts import Recipe
    from provisioner.core.probes import Outside, Phone
    from provisioner.pipeline.single_call import Act
    from provisioner.pipeline.validate import Specification
    from provisioner.wiring import Verification

RECORDING = Path("build/call.wav")
OUTSIDE = "+46701740699"


def call(
    number: Annotated[str, typer.Argument(help="What is dialled: a public number, or what a user keys in.")],
    caller: Annotated[
        str, typer.Option("--from", help="Who calls: a number from outside, or TENANT:USER for a user's telephone.")
    ] = OUTSIDE,
    press: Annotated[
        str,
        typer.Option(
            help="Keys to press once answered, a second apart. A comma waits two seconds more; "
            r"words between \[ and ] are said, in the tenant's language."
        ),
    ] = "",
    seconds: Annotated[float, typer.Option("--seconds", min=0, max=280, help="How long to stay on the line.")] = 15,
    record: Annotated[Path, typer.Option("--record", help="Where what is heard is written to.")] = RECORDING,
    name: Annotated[str | None, typer.Option("--name", envvar="PBX_LAB", help="Which lab.")] = None,
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Call a number in the lab, from outside or as a user, and hear what a caller hears."""
    from provisioner.pipeline.single_call import acts
    from provisioner.wiring import Deployment, Verification

    does = acts(press)
    verification = Verification(Deployment(folder, env, lambda _: None, lab=name or ""))
    asyncio.run(_call(verification, number, caller, does, seconds, record))


async def _call(
    verification: Verification, number: str, caller: str, does: Sequence[Act], seconds: float, record: Path
) -> None:
    from provisioner.core.artifacts import Speech
    from provisioner.pipeline.single_call import place, recognised

    specification = verification.specification()
    party, tenant = _party(specification, caller, number)
    agents = verification.agents()
    try:
        bench = verification.bench(agents, specification)
        agent = await bench.cast.agent(tenant, party)
        if agent.spec.expires:
            await agent.registration(10)
        mark = await bench.core.mark(tenant)
        language = specification.scopes[tenant].language
        spoken = {act.words: await bench.sounds(Speech(act.words, language)) for act in does if act.words}
        said = {words: (wav, bench.ear.seconds(wav)) for words, wav in spoken.items()}
        placed = await place(agent, number, does=does, sounds=said, seconds=seconds, tell=print)
        recording = await placed.heard()
        if recording:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_bytes(recording)
            sounds = {words: await bench.sounds(recipe) for words, recipe in _known(specification, tenant).items()}
            for each in recognised(bench.ear, recording, sounds):
                print(f"heard at {max(each.offset, 0):.1f} s: {each.words}")
            print(f"recorded {bench.ear.seconds(recording):.1f} s in {record}")
        trail = await bench.core.trail(tenant, mark, caller if caller.startswith("+") else "", number)
        print(f"call trail: {' → '.join(trail) or 'none'}")
    finally:
        await agents.close()


def _party(specification: Specification, caller: str, number: str) -> tuple[Outside | Phone, str]:
    """Who calls, and the tenant whom the call belongs to."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.core.probes import Outside, Phone

    owners = {each: slug for slug, scope in specification.scopes.items() for each in scope.tenant_numbers}
    if caller.startswith("+") or caller.isdigit():
        if number not in owners:
            near = nearest(number, owners)
            hint = f"did you mean {near}?" if near else f"known are: {', '.join(owners)}"
            raise UsageError(f"no tenant has the number {number}", hint)
        return Outside(caller), owners[number]
    tenant, _, user = caller.partition(":")
    known = {f"{slug}:{each}": each for slug, found in specification.tenants.items() for each in found.users}
    if caller not in known:
        near = nearest(caller, known)
        raise UsageError(f"no user {caller!r}", f"did you mean {near}?" if near else "write TENANT:USER")
    return Phone(user), tenant


def _known(specification: Specification, tenant: str) -> Mapping[str, Recipe]:
    """The sounds of the tenant's prompts, by their name and language."""
    sounds = specification.scopes[tenant].sounds
    return {
        f"prompt {name}" + (f" ({language})" if language else ""): recipe
        for name, by_language in sounds.items()
        for language, recipe in by_language.items()
    }
