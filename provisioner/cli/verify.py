"""`pbx verify`: real calls through the running platform, and what came of each."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .deployment import EnvironmentOption, TargetOption
from .options import FolderOption, Format, FormatOption
from .progress import Tell, shown

if TYPE_CHECKING:
    from provisioner.core.errors import PbxError
    from provisioner.core.probes import Probe
    from provisioner.pipeline.probing.outcome import ProbeResult
    from provisioner.pipeline.validate import Specification
    from provisioner.pipeline.verify import Watch
    from provisioner.wiring import Verification

FORMAT_VERSION = 1
EVIDENCE = Path("build/verify")


def verify(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="PATTERN", help="Only calls whose id fits, as `ivr.*`; may be repeated."),
    ] = None,
    plan: Annotated[bool, typer.Option("--list", help="Tell what would be called, and call nobody.")] = False,
    parallel: Annotated[
        int, typer.Option("--parallelism", envvar="PBX_PARALLELISM", min=1, max=32, help="Calls at a time.")
    ] = 8,
    report: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="KIND=FILE",
            envvar="PBX_REPORT",
            help="Also write the results to FILE: junit or json.",
        ),
    ] = None,
    evidence: Annotated[
        Path, typer.Option("--evidence", help="Where recordings and SIP logs of failed calls are kept.")
    ] = EVIDENCE,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Make real calls through the running platform and measure what is heard."""
    from provisioner.pipeline import whole
    from provisioner.wiring import Deployment, Verification

    reports = _reports(report or ())
    verification = Verification(Deployment(folder, env, lambda _: None))
    specification = verification.specification()
    probes = _chosen(specification, frozenset(target or ()), only or ())
    if plan:
        sys.stdout.write("".join(f"{each.tenant} {each.id}: {each.title}\n" for each in probes))
        return 0
    began = datetime.now(UTC)
    with shown(f"verify {env}") as tell:
        watch = _watch(len(probes), tell)
        results = asyncio.run(_run(verification, specification, probes, parallel, evidence, watch))
    for write, path in reports:
        whole.put(path, write(results, began))
    _print(results, form)
    return _exit_code(results)


def red(folder: Path, env: str, tenants: Sequence[str], tell: Tell) -> PbxError | None:
    """Calls the tenants; returns what is wrong with them, or nothing where every call went well.

    Raises PbxError where the environment has no test telephones.
    """
    from provisioner.core.errors import VerificationRed
    from provisioner.pipeline.probing.outcome import Outcome
    from provisioner.wiring import Deployment, Verification

    verification = Verification(Deployment(folder, env, lambda _: None))
    specification = verification.specification()
    probes = _chosen(specification, frozenset(tenants), ())
    results = asyncio.run(_run(verification, specification, probes, 8, EVIDENCE, _watch(len(probes), tell)))
    bad = [each for each in results if each.outcome is not Outcome.PASSED]
    if not bad:
        return None
    first = bad[0]
    target = " ".join(f"--target {each}" for each in dict.fromkeys(each.probe.tenant for each in bad))
    return VerificationRed(
        f"{len(bad)} of {len(results)} test calls failed, first {first.probe.tenant} {first.probe.id}: expected "
        f"{first.expected or 'a call'}, found {first.found or 'nothing'}",
        f"see `pbx verify {target}`; mend it, or go back with `pbx rollback`, then apply again: the rest follows",
    )


def _chosen(specification: Specification, tenants: frozenset[str], patterns: Sequence[str]) -> list[Probe]:
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.pipeline import testcalls

    known = {slug: (tenant, specification.scopes[slug]) for slug, tenant in specification.tenants.items()}
    for slug in sorted(tenants - known.keys()):
        near = nearest(slug, known)
        raise UsageError(f"no tenant {slug!r}", f"did you mean {near}?" if near else f"known are: {', '.join(known)}")
    now = datetime.now(UTC)
    planned = [probe for tenant, scope in known.values() for probe in testcalls.of_tenant(tenant, scope, now)]
    planned += testcalls.of_platform(known)
    chosen = [
        each
        for each in planned
        if (not tenants or each.tenant in tenants)
        and (not patterns or any(fnmatchcase(each.id, pattern) for pattern in patterns))
    ]
    if not chosen:
        raise UsageError("no test call fits", "see them all with `pbx verify --list`")
    return chosen


async def _run(
    verification: Verification,
    specification: Specification,
    probes: Sequence[Probe],
    parallel: int,
    evidence: Path,
    watch: Watch,
) -> tuple[ProbeResult, ...]:
    from provisioner.pipeline.verify import verify as carry_out

    agents = verification.agents()
    try:
        bench = verification.bench(agents, specification)
        return await carry_out(probes, bench, parallel=parallel, evidence=evidence, watch=watch)
    finally:
        await agents.close()


def _watch(count: int, tell: Tell) -> Watch:
    done = 0

    def watch(probe: Probe, result: ProbeResult | None) -> None:
        nonlocal done
        if result is not None:
            done += 1
            tell(f"{probe.tenant} {probe.id}", f"{result.outcome} after {result.seconds:.1f} s ({done}/{count})")

    return watch


def _junit(results: Sequence[ProbeResult], began: datetime) -> str:
    from provisioner.pipeline.probing.junit import render

    return render(results, began)


def _json(results: Sequence[ProbeResult], _: datetime) -> str:
    return _calls(results)


def _calls(results: Sequence[ProbeResult]) -> str:
    document = {"format_version": FORMAT_VERSION, "calls": [_document(each) for each in results]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_WRITERS = {"json": _json, "junit": _junit}


def _reports(asked: Sequence[str]) -> list[tuple[Callable[[Sequence[ProbeResult], datetime], str], Path]]:
    """The writers and files that were asked for; a mistake is told before anybody is called."""
    from provisioner.core.errors import UsageError

    found: list[tuple[Callable[[Sequence[ProbeResult], datetime], str], Path]] = []
    for each in asked:
        kind, equals, file = each.partition("=")
        if kind not in _WRITERS or not equals or not file:
            raise UsageError(f"{each!r} is no report", f"write KIND=FILE with a kind of {', '.join(_WRITERS)}")
        found.append((_WRITERS[kind], Path(file)))
    return found


def _print(results: Sequence[ProbeResult], form: Format) -> None:
    if form is Format.JSON:
        sys.stdout.write(_calls(results))
        return
    from provisioner.pipeline.probing.table import render

    wishes = screen.current()
    wishes.console().print(render(results, whole=wishes.verbosity > 0))


def _document(result: ProbeResult) -> dict[str, Any]:
    probe = result.probe
    return {
        "tenant": probe.tenant,
        "id": probe.id,
        "title": probe.title,
        "rows": list(probe.rows),
        "at": probe.at.isoformat() if probe.at else None,
        "outcome": result.outcome.value,
        "seconds": round(result.seconds, 2),
        "steps": [{"what": s.words, "passed": s.passed, "found": s.found} for s in result.steps],
        "expected": result.expected,
        "found": result.found,
        "trail": list(result.trail),
        "kept": list(result.kept),
    }


def _exit_code(results: Sequence[ProbeResult]) -> int:
    from provisioner.core.errors import VerificationRed
    from provisioner.pipeline.probing.outcome import Outcome

    return 0 if all(each.outcome is Outcome.PASSED for each in results) else VerificationRed.exit_code
