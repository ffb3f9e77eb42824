"""`pbx apply`: makes the environment as the folder says, or exactly as a stored plan says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.core.holdings import Holding

from . import screen
from .deployment import ReasonOption, TargetOption, WaitOption, opened, plan_text, show
from .options import FolderOption, Format, FormatOption
from .plan import signature_of

if TYPE_CHECKING:
    from provisioner.core.deployment import Outcome
    from provisioner.pipeline.auditing import Permit
    from provisioner.pipeline.binding import Binding
    from provisioner.pipeline.canary import Canary
    from provisioner.wiring import Deployment

_STORED = "Carry out this plan of `pbx plan --out`, or nothing."

AllowOption = Annotated[
    list[Holding] | None,
    typer.Option("--allow", help="Take away more of these than one apply may; needs --reason, may be repeated."),
]
"""No twin in the environment: a brake that is off for good is none."""


def apply(
    file: Annotated[Path | None, typer.Argument(metavar="PLAN", help=_STORED)] = None,
    env: Annotated[
        str,
        typer.Option(
            "--env",
            "-e",
            envvar="PBX_ENV",
            help="The environment, as provider.yaml names it.",
            show_default="the plan's, or lab",
        ),
    ] = "",
    target: TargetOption = None,
    plan: Annotated[Path | None, typer.Option("--plan", help=_STORED)] = None,
    signers: Annotated[
        Path | None,
        typer.Option(
            "--signers",
            metavar="FILE",
            envvar="PBX_SIGNERS",
            help="Carry out only a plan that somebody in this list signed (ssh-keygen's ALLOWED SIGNERS).",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    allow: AllowOption = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Carry out also what was applied already: what was changed by hand is put back."),
    ] = False,
    reason: ReasonOption = "",
    wait: WaitOption = 0,
    first: Annotated[
        int | None,
        typer.Option(
            "--first",
            metavar="N",
            min=1,
            envvar="PBX_FIRST",
            help="Apply so many tenants that change, make their test calls, and only then go on with the rest.",
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Make the environment as the folder says.

    \b
    pbx apply --env prod
    pbx apply plan.json --signers allowed_signers --wait 5m
    pbx apply --env prod --first 3
    """
    from provisioner.pipeline import brakes, deploy

    planned, signed = _stored(file, plan, target, signers, env)
    permit = permitted(allow or (), reason, signed)
    env, only = (planned.environment, planned.targets) if planned else (env or "lab", tuple(target or ()))
    with opened(folder, env, f"apply {env}") as deployment:
        prepared = deploy.prepare(
            folder, deployment.provider, lambda: deployment.site, deployment.tools, frozenset(only)
        )
        shown = None if yes or planned or not sys.stdin.isatty() else deploy.plan(prepared, deployment.tools)
    if shown is not None:
        if not shown.changes and not again:
            print("nothing to do")
            return 0
        screen.current().changes(plan_text(shown), sys.stderr)
        brakes.hold(shown.stops, permit)
        typer.confirm("Carry this out?", abort=True, err=True)
        planned = shown.binding
    with opened(folder, env, f"apply {env}", wait) as deployment:
        canary = _canary(first, folder, deployment) if first else None
        applied = deploy.apply(prepared, deployment.tools, deployment.progress, planned, permit, canary, again=again)
    show(applied, form)
    return exit_code(applied.outcomes)


def exit_code(outcomes: tuple[Outcome, ...]) -> int:
    """0 where all is as wanted, 8 where test calls failed, 5 where some of it is, else the code of the first error."""
    from provisioner.core.errors import PartlyApplied, VerificationRed

    errors = [each.error for each in outcomes if each.error]
    if not errors:
        return 0
    if any(isinstance(each, VerificationRed) for each in errors):
        return VerificationRed.exit_code
    some = any(each.done or (each.error is None and not each.skipped) for each in outcomes)
    return PartlyApplied.exit_code if some else errors[0].exit_code


def _canary(count: int, folder: Path, deployment: Deployment) -> Canary:
    """Test calls where the environment has telephones for them; elsewhere what the nodes themselves checked."""
    from provisioner.core.deployment import Event
    from provisioner.core.errors import PbxError
    from provisioner.environments import Lab
    from provisioner.pipeline.canary import Canary

    from .verify import red

    env = deployment.environment

    def check(tenants: tuple[str, ...]) -> PbxError | None:
        if not isinstance(deployment.provider.environments[env], Lab):
            deployment.progress(
                Event(f"{', '.join(tenants)}: checked by the nodes alone, for {env} has no test telephones")
            )
            return None
        try:
            return red(folder, env, tenants, lambda subject, word: deployment.progress(Event(f"{subject}: {word}")))
        except PbxError as error:
            return error

    return Canary(count, check)


def permitted(allow: Sequence[Holding], reason: str, signed: str = "") -> Permit:
    """What was said on the command line; raises UsageError where a brake is off and nothing says why."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.auditing import Permit

    if allow and not reason.strip():
        raise UsageError("--allow without a reason", "add --reason TEXT: the record of applies keeps it")
    return Permit(frozenset(allow), reason, signed)


def _stored(
    file: Path | None, plan: Path | None, target: list[str] | None, signers: Path | None, env: str
) -> tuple[Binding | None, str]:
    """The stored plan that is to be carried out, and who signed it, where that is asked for."""
    from provisioner.core.errors import StoppedByLimit, UsageError
    from provisioner.pipeline import binding

    if file and plan:
        raise UsageError("two plans are named", "name one, as `pbx apply FILE` or by --plan FILE")
    named = file or plan
    if named is None:
        if signers:
            raise StoppedByLimit(
                f"only plans that are signed are carried out here ({signers})",
                "write one with `pbx plan --out FILE --sign KEY`, then `pbx apply FILE`",
            )
        return None, ""
    if target:
        raise UsageError("--target beside a plan", "the plan says which tenants it is about: plan again with --target")
    try:
        content = named.read_bytes()
    except OSError as error:
        raise UsageError(f"{named} is no plan: {error.strerror}", "write one with `pbx plan --out FILE`") from None
    signed = _signer(named, content, signers) if signers else ""
    planned = binding.read(content.decode(errors="replace"), str(named))
    binding.check(planned, env)
    return planned, signed


def _signer(plan: Path, content: bytes, signers: Path) -> str:
    from provisioner.core.errors import StoppedByLimit
    from provisioner.wiring import signatures

    beside = signature_of(plan)
    if not beside.is_file():
        raise StoppedByLimit(
            f"{plan} is not signed: there is no {beside.name} beside it",
            "have it signed: `pbx plan --out FILE --sign KEY` writes both",
        )
    return signatures().signer(content, beside.read_bytes(), str(signers))
