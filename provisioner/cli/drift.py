"""`pbx drift`: what on the machines is not as the last apply left it, field by field, and what callers notice of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .deployment import EnvironmentOption, opened
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.drift import Drift
    from provisioner.pipeline.adopting import Adoption
    from provisioner.pipeline.looking import Look

FORMAT_VERSION = 1
PLATFORM = "the platform"


def drift(
    tenants: Annotated[
        list[str] | None,
        typer.Argument(metavar="TENANT", help="Only these; the machines too where none is named."),
    ] = None,
    env: EnvironmentOption = "lab",
    adopt: Annotated[
        Path | None,
        typer.Option(
            "--adopt", metavar="FILE", help="Write what the tenant files can say of it to FILE, as a patch of them."
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Say what on the machines is not as it was applied; nothing is changed.

    Files, rows of the database, what Kamailio and Asterisk hold in memory, and
    services are compared with the last apply. Ends with 2 where anything differs.
    What waits in the folder is told too, and is no drift. With `--adopt` what was
    changed by hand becomes a patch of the tenant files, for `git apply`.

        pbx drift --env production
        pbx drift solglantan --adopt drift.patch
    """
    from provisioner.pipeline import adopting, deploy, looking, whole

    only = frozenset(tenants or ())
    with opened(folder, env, f"drift {env}") as deployment:
        prepared = deploy.prepare(folder, deployment.provider, lambda: deployment.site, deployment.tools, only)
        found = looking.look(folder, prepared, deployment.tools, deployment.live(), only)
    adoption = adopting.adopt(folder, found.drift) if adopt else None
    if adopt and adoption:
        whole.put(adopt, adoption.patch)
    if form is Format.JSON:
        print(json.dumps(document(found, adoption), ensure_ascii=False, indent=2))
    else:
        screen.current().changes(text(found))
        if adopt and adoption:
            screen.current().changes(adoption_text(adoption, adopt))
    return 2 if found.drift else 0


def text(look: Look) -> Iterator[str]:
    """Lines for people: what differs, tenant by tenant, then what could not be looked at, then what waits."""
    for tenant, group in groupby(look.drift, key=lambda each: each.tenant):
        yield tenant or PLATFORM
        together = list(group)
        yield from (f"  ! {each}" for each in dict.fromkeys(one.noticed for one in together) if each)
        yield from (f"  {_sign(each)} {_line(each)}" for each in together)
    for tenant in look.never:
        yield f"{tenant} was never applied to the end, and was not looked at: run `pbx apply`"
    for stack, why in look.unsure.items():
        yield f"{stack} was not looked at: {why}"
    for words in look.pending:
        yield f"{words.slug}: not applied yet, which is no drift"
        yield from (f"  {each.sign} {each.text}" for each in words.sentences)
    if look.waiting and not look.pending:
        yield f"not applied yet, which is no drift: {', '.join(look.waiting)}"
    yield _summary(look)


def adoption_text(adoption: Adoption, file: Path) -> Iterator[str]:
    """What stands in the patch, and what the tenant files cannot say."""
    for each in adoption.adopted:
        yield f"~ {each.drift.tenant}: {'.'.join(map(str, each.node))} becomes {each.value}"
    for drift in adoption.left:
        name = f"{drift.object} {drift.field}".rstrip()
        yield f"! cannot be said in a tenant file: {drift.host}: {name}"
    if adoption.patch:
        yield f"{file} holds the patch: read it, `git apply {file}` in the provider's folder, then `pbx plan`"
    else:
        yield f"nothing can be adopted; {file} is empty"


def _summary(look: Look) -> str:
    if not look.drift:
        return "no drift"
    tenants = sorted({each.tenant for each in look.drift})
    hosts = sorted({each.host for each in look.drift})
    named = "".join(f" --target {each}" for each in tenants) if "" not in tenants else ""
    count = f"{len(look.drift)} difference{'s' if len(look.drift) != 1 else ''} on {', '.join(hosts)}"
    return f"{count}; `pbx apply --env {look.environment} --again{named}` puts back what was applied"


def _sign(drift: Drift) -> str:
    return "-" if drift.found is None else "+" if drift.expected is None else "~"


def _line(drift: Drift) -> str:
    facts = ", ".join(each for each in (drift.place, f"{drift.owner} {drift.changed}".strip()) if each)
    return f"{drift.host}: {drift.object} {_difference(drift)}" + (f"  ({facts})" if facts else "")


def _difference(drift: Drift) -> str:
    if not drift.field:
        if drift.found is None:
            return "is not there"
        return "is there, and nobody declared it" if drift.expected is None else f"says: {drift.found}"
    expected, found = (_value(each) for each in (drift.expected, drift.found))
    return f"{drift.field}: expected {expected}, found {found}"


def _value(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= 160 else f"{value[:157]}…"


def document(look: Look, adoption: Adoption | None = None) -> dict[str, Any]:
    """The same for machines. No secret stands in it."""
    adopted = (
        {
            "adopted": [
                {"tenant": each.drift.tenant, "place": ".".join(map(str, each.node)), "value": each.value}
                for each in adoption.adopted
            ],
            "not_adopted": [asdict(each) for each in adoption.left],
        }
        if adoption
        else {}
    )
    return {
        "format_version": FORMAT_VERSION,
        "environment": look.environment,
        "drift": [asdict(each) for each in look.drift],
        "never_applied": list(look.never),
        "not_looked_at": dict(look.unsure),
        "pending": [
            {"tenant": each.slug, "sentences": [asdict(one) for one in each.sentences]} for each in look.pending
        ],
        "waiting": list(look.waiting),
        **adopted,
    }
