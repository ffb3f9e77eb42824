"""What plan and apply have in common: their options, progress on stderr, and steps and outcomes as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .options import Format
from .progress import shown

if TYPE_CHECKING:
    from provisioner.core.deployment import Event, Outcome, StackPlan, Step
    from provisioner.pipeline.brakes import Stop
    from provisioner.pipeline.deploy import Applied, Plan
    from provisioner.pipeline.validate import Specification
    from provisioner.wiring import Deployment, Verification

FORMAT_VERSION = 1

PLATFORM = "platform"
"""What words about no tenant are headed by."""

EnvironmentOption = Annotated[
    str, typer.Option("--env", "-e", envvar="PBX_ENV", help="The environment, as provider.yaml names it.")
]
TargetOption = Annotated[
    list[str] | None, typer.Option("--target", "-t", envvar="PBX_TARGET", help="Only this tenant; may be repeated.")
]

ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", envvar="PBX_REASON", help="Why; it goes into the record of applies.")
]


def duration(text: str) -> int:
    """Seconds, as people write them: `30s`, `5m`, `1h`."""
    from pydantic import TypeAdapter, ValidationError

    from provisioner.core.model import Seconds

    try:
        return int(TypeAdapter(Seconds).validate_python(text))
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no duration: for example 30s, 5m or 1h") from None


WaitOption = Annotated[
    int,
    typer.Option(
        "--wait",
        "--lock-timeout",
        metavar="TIME",
        envvar="PBX_LOCK_TIMEOUT",
        parser=duration,
        help="Wait so long for somebody else who applies, as 30s or 5m; else end with 6.",
        show_default="not at all",
    ),
]


@contextmanager
def opened(folder: Path, environment: str, title: str, wait: int = 0) -> Iterator[Deployment]:
    """The deployment of an environment, its progress shown while the block runs."""
    from provisioner.wiring import Deployment

    with shown(title) as tell:

        def progress(event: Event) -> None:
            place = " ".join(each for each in (event.stack, event.host) if each) or "pbx"
            tell(place, event.text)

        yield Deployment(folder, environment, progress, wait=wait)


def running(folder: Path, environment: str, tenant: str) -> tuple[Verification, Specification]:
    """What asks and changes a running platform, and the folder as it is valid; `UsageError` without such a tenant."""
    from provisioner.wiring import Deployment, Verification

    verification = Verification(Deployment(folder, environment, lambda _: None))
    return verification, verification.specification(frozenset([tenant]))


def plan_text(plan: Plan) -> Iterator[str]:
    """The plan as lines: what stops it, what changes for callers, danger first, then what happens on which machine."""
    if plan.stops:
        yield "apply will stop: more would be taken away than it may (--allow CLASS --reason TEXT takes a brake off)"
        yield from (f"  ! {each.text}" for each in plan.stops)
    for words in sorted(plan.words, key=lambda each: not any(one.dangerous for one in each.sentences)):
        name = words.slug or PLATFORM
        yield name if words.sentences else f"{name}: nothing changes for callers"
        for each in words.sentences:
            yield f"  {'!' if each.dangerous else each.sign} {each.text}" + (f"  ({each.place})" if each.place else "")
    for stack in plan.changes:
        yield stack.stack
        for step in stack.changes:
            if step.kind.value in _TITLES:
                yield f"  {_SIGNS[step.op.value]} {step.op.value:<8} {_title(step)}{_why(step)}"
    for machine in plan.machines:
        yield f"on {machine.machine}, in this order"
        for number, doing in enumerate(machine.doings, 1):
            yield f"  {number}. {doing.what}" + "".join(f" · {each}" for each in doing.reloads)
    yield f"{plan_title(plan)}; plan {plan.binding.digest[:12]}"


def plan_title(plan: Plan) -> str:
    """`1 to create, 2 to update`."""
    return _counts(plan.changes) or "nothing to do"


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan for machines. It holds digests and names, never a secret."""
    stacks = [
        {"stack": each.stack, "steps": [_step(step) for step in each.changes]} for each in (*plan.stacks, *plan.gone)
    ]
    from provisioner.pipeline import binding

    return {
        "format_version": FORMAT_VERSION,
        **binding.document(plan.binding),
        "changes": sum(len(each.changes) for each in plan.changes),
        "stops": [_stop(each) for each in plan.stops],
        "machines": [asdict(each) for each in plan.machines],
        "words": [{"tenant": each.slug, "sentences": [asdict(one) for one in each.sentences]} for each in plan.words],
        "stacks": stacks,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "class": stop.holding.value,
        "tenant": stop.tenant,
        "names": list(stop.names),
        "of": stop.of,
        "most": stop.most,
        "text": stop.text,
    }


def outcome_text(outcomes: tuple[Outcome, ...]) -> Iterator[str]:
    """What was done, stack by stack; the last line counts."""
    for each in outcomes:
        if each.skipped:
            continue
        if not each.begun and each.error:
            yield f"{each.stack}  {each.error.message}"
            continue
        yield f"{each.stack}  {'failed' if each.error else 'done'} in {each.seconds:.1f} s"
        for done in each.done:
            hosts = ", ".join(f"{host.host}: changed={host.changed} ok={host.ran}" for host in done.hosts)
            if done.step.kind.value in _TITLES:
                yield f"  {_SIGNS[done.step.op.value]} {done.step.op.value:<8} {_title(done.step)}  {hosts}"
        if each.error:
            yield f"  ! {each.error.message}"
            yield f"    what now: {each.error.remedy}"
    failed = sum(each.error is not None and each.begun for each in outcomes)
    left = sum(not each.begun for each in outcomes)
    same = sum(each.skipped for each in outcomes)
    changed = sum(each.changed for each in outcomes)
    applied = len(outcomes) - failed - left - same
    not_begun = f", {left} not begun" if left else ""
    yield f"{applied} stacks applied, {same} as they were, {failed} failed{not_begun}, changed={changed}"
    if failed or left:
        yield "what was done is kept: the same command goes on with the rest"


def outcome_document(applied: Applied) -> dict[str, Any]:
    """What was done, and where the record of applies stands after it, for machines."""
    head = applied.head
    return {
        "format_version": FORMAT_VERSION,
        "stacks": [_outcome(each) for each in applied.outcomes],
        "record": {"records": head.records, "digest": head.digest} if head else None,
    }


def show(applied: Applied, form: Format) -> None:
    """What was done on stdout; where the record stands after it on stderr, or in the document.

    Raises PbxError where something that was done could not be recorded.
    """
    if form is Format.JSON:
        print(json.dumps(outcome_document(applied), ensure_ascii=False, indent=2))
    else:
        screen.current().changes(outcome_text(applied.outcomes))
        if applied.head:
            screen.current().note(f"record {applied.head.records}: {applied.head.digest}")
    if applied.unrecorded:
        raise applied.unrecorded


def _result(outcome: Outcome) -> str:
    if not outcome.begun:
        return "not-begun"
    return "failed" if outcome.error else "unchanged" if outcome.skipped else "applied"


def _outcome(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "stack": outcome.stack,
        "result": _result(outcome),
        "seconds": round(outcome.seconds, 2),
        "steps": [
            {
                **_step(each.step),
                "seconds": round(each.seconds, 2),
                "hosts": {host.host: {"ok": host.ran, "changed": host.changed} for host in each.hosts},
            }
            for each in outcome.done
        ],
        "error": {"message": error.message, "remedy": error.remedy} if error else None,
    }


_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "same": " "}

_TITLES = {
    "PlatformNode": "machine {name}",
    "CoreBundle": "call handling on {node}",
    "EdgeRows": "users, numbers and lights",
    "ChatHost": "chat on {node}",
    "VideoRooms": "video rooms on {node}",
}


def _title(step: Step) -> str:
    facts = {"name": step.name, **step.before, **step.after}
    return _TITLES[step.kind.value].format(**facts)


def _why(step: Step) -> str:
    return f" ({', '.join(step.changed)})" if step.changed else ""


def _step(step: Step) -> dict[str, Any]:
    return {"kind": step.kind.value, "name": step.name, "op": step.op.value, "changed": list(step.changed)}


def _counts(stacks: tuple[StackPlan, ...]) -> str:
    steps = [step.op.value for stack in stacks for step in stack.changes if step.kind.value in _TITLES]
    words = ("create", "update", "replace", "delete")
    return ", ".join(f"{steps.count(word)} to {word}" for word in words if word in steps)
