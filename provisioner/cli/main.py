"""The command `pbx`: which command lives where, and how every run ends.

Only the module of the command that is called is imported; help and completion of `pbx` itself read the table below, so
that they start fast. Every way out goes through `run`, which turns it into an exit code of the frozen table
(docs/reference/exit-codes.md) and one message on stderr.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from provisioner import __version__

from . import failures

if TYPE_CHECKING:
    import typer


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the line that `pbx --help` shows, and what mounts it when it is called."""

    summary: str
    mount: Callable[[typer.Typer], None]


def _validate(app: typer.Typer) -> None:
    from .validate import validate

    app.command()(validate)


def _explain(app: typer.Typer) -> None:
    from .explain import explain

    app.command()(explain)


def _render(app: typer.Typer) -> None:
    from .render import render

    app.command()(render)


def _diff(app: typer.Typer) -> None:
    from .diff import diff

    app.command()(diff)


def _graph(app: typer.Typer) -> None:
    from .graph import graph

    app.command()(graph)


def _report(app: typer.Typer) -> None:
    from .report import report

    app.command()(report)


def _trace(app: typer.Typer) -> None:
    from .trace import trace

    app.command()(trace)


def _schema(app: typer.Typer) -> None:
    from .schema import schema

    app.command()(schema)


def _lsp(app: typer.Typer) -> None:
    from .lsp import lsp

    app.command()(lsp)


def _import(app: typer.Typer) -> None:
    from .import_ import app as imported

    app.add_typer(imported)


def _policy(app: typer.Typer) -> None:
    from .policy import policy

    app.command()(policy)


def _schedule(app: typer.Typer) -> None:
    from .schedule import app as schedule

    app.add_typer(schedule)


def _callbacks(app: typer.Typer) -> None:
    from .callbacks import callbacks

    app.command()(callbacks)


def _activity(app: typer.Typer) -> None:
    from .activity import activity

    app.command()(activity)


def _desk(app: typer.Typer) -> None:
    from .desk import desk

    app.command()(desk)


def _calls(app: typer.Typer) -> None:
    from .calls import calls

    app.command()(calls)


def _recordings(app: typer.Typer) -> None:
    from .recordings import app as recordings

    app.add_typer(recordings)


def _prompt(app: typer.Typer) -> None:
    from .prompt import app as prompt

    app.add_typer(prompt)


def _switch(app: typer.Typer) -> None:
    from .switch import switch

    app.command()(switch)


def _limits(app: typer.Typer) -> None:
    from .limits import limits

    app.command()(limits)


def _chat_password(app: typer.Typer) -> None:
    from .chat_password import chat_password

    app.command()(chat_password)


def _pin(app: typer.Typer) -> None:
    from .pin import pin

    app.command()(pin)


def _codes(app: typer.Typer) -> None:
    from .codes import codes

    app.command()(codes)


def _device(app: typer.Typer) -> None:
    from .device import device

    app.command()(device)


def _verify(app: typer.Typer) -> None:
    from .verify import verify

    app.command()(verify)


def _queues(app: typer.Typer) -> None:
    from .queues import queues

    app.command()(queues)


def _conferences(app: typer.Typer) -> None:
    from .conferences import conferences

    app.command()(conferences)


def _conference(app: typer.Typer) -> None:
    from .bookings import app as conference

    app.add_typer(conference)


def _agent(app: typer.Typer) -> None:
    from .agent import agent

    app.command()(agent)


def _lab(app: typer.Typer) -> None:
    from .lab import app as lab

    app.add_typer(lab)


def _image(app: typer.Typer) -> None:
    from .image import app as image

    app.add_typer(image)


def _cluster(app: typer.Typer) -> None:
    from .cluster import app as cluster

    app.add_typer(cluster)


def _plan(app: typer.Typer) -> None:
    from .plan import plan

    app.command()(plan)


def _apply(app: typer.Typer) -> None:
    from .apply import apply

    app.command()(apply)


def _drift(app: typer.Typer) -> None:
    from .drift import drift

    app.command()(drift)


def _destroy(app: typer.Typer) -> None:
    from .destroy import destroy

    app.command()(destroy)


def _history(app: typer.Typer) -> None:
    from .history import history

    app.command()(history)


def _mv(app: typer.Typer) -> None:
    from .mv import mv

    app.command()(mv)


def _rollback(app: typer.Typer) -> None:
    from .rollback import rollback

    app.command()(rollback)


def _lock(app: typer.Typer) -> None:
    from .lock import app as lock

    app.add_typer(lock)


def _audit(app: typer.Typer) -> None:
    from .audit import app as audit

    app.add_typer(audit)


def _invoice_basis(app: typer.Typer) -> None:
    from .invoice_basis import invoice_basis

    app.command("invoice-basis")(invoice_basis)


def _attendant(app: typer.Typer) -> None:
    from .attendant import app as attendant

    app.add_typer(attendant)


def _engine(app: typer.Typer) -> None:
    from .engine import engine

    app.command()(engine)


COMMANDS: dict[str, Command] = {
    "validate": Command("Check the tenant files and say everything that is wrong with them.", _validate),
    "explain": Command("Explain a finding's code or a field of the tenant file.", _explain),
    "render": Command("Show the files that the platform would get, and what caused each line.", _render),
    "trace": Command(
        "Say who would answer a call, by which way and why, with the lines that decide; no machine is asked.", _trace
    ),
    "schema": Command("Print the JSON Schema of the tenant file or the provider's file.", _schema),
    "import": Command("Make a tenant file of what other systems export.", _import),
    "policy": Command(
        "Ask the provider's own policies about its files and a plan; ends with 4 where one is broken.", _policy
    ),
    "lsp": Command(
        "Answer an editor over standard input and output: findings as you type, completion, hover, definitions.", _lsp
    ),
    "graph": Command("Draw where calls of a tenant go: as a tree, picture, page or Mermaid.", _graph),
    "diff": Command(
        "Say what differs between two revisions for callers, users and the invoice; ends with 2 where anything does.",
        _diff,
    ),
    "report": Command(
        "Make one self-contained page about a tenant or the provider: calls, users, cost, days, findings, history.",
        _report,
    ),
    "codes": Command("List the phone codes of tenants, what each does and which line says so.", _codes),
    "device": Command(
        "List a tenant's telephones, or print the link and QR code by which one sets itself up.", _device
    ),
    "plan": Command("Say what apply would change; no machine is touched.", _plan),
    "apply": Command("Make the environment as the folder says.", _apply),
    "drift": Command("Say what on the machines is not as it was applied; nothing is changed.", _drift),
    "verify": Command("Make real calls through the running platform and measure what is heard.", _verify),
    "schedule": Command("Show a year of a schedule, or take days over from a calendar file.", _schedule),
    "callbacks": Command("List the numbers that wait for a call back, oldest first.", _callbacks),
    "activity": Command(
        "Set what a user is doing, until a time or until she says otherwise; or show what all are doing.", _activity
    ),
    "desk": Command("Show who is logged in at which shared telephone, or log her out there.", _desk),
    "switch": Command("Open or close a schedule by hand, until somebody lets it decide again.", _switch),
    "limits": Command("Show what calls have cost today and whether dear calls are stopped; lift the stop.", _limits),
    "chat-password": Command("Tell the password of an account in chat, and nothing else.", _chat_password),
    "pin": Command("Tell a PIN, and nothing else: a user's, or a telephone conference's.", _pin),
    "prompt": Command("List prompts, and handle those that users record by phone.", _prompt),
    "calls": Command("Show the log of a tenant's calls, or of one user's, the latest first.", _calls),
    "recordings": Command("List recorded calls, fetch and delete them, and tell who did.", _recordings),
    "queues": Command("Show the live figures of a tenant's queues and ring groups.", _queues),
    "agent": Command("Log a member of a queue or ring group in or out, or let her pause or go on.", _agent),
    "conferences": Command("Show a tenant's telephone conferences and who is in them.", _conferences),
    "conference": Command("Book a telephone conference, or lead one that is held.", _conference),
    "attendant": Command("Show external attendants what to answer, and what they answered.", _attendant),
    "destroy": Command(
        "Take tenants away whole, after what their users have was exported; machines stay as they are.", _destroy
    ),
    "history": Command("List who changed what when, newest first.", _history),
    "mv": Command("Rename something in the tenant's files, with all that refers to it.", _mv),
    "rollback": Command("Plan a tenant's file as it was, and write it back.", _rollback),
    "lock": Command("List who works on an environment, and release locks that a dead run left.", _lock),
    "audit": Command("Check the record of applies, without any machine.", _audit),
    "invoice-basis": Command(
        "List what each tenant uses in a month and what it costs; an invoice is made of it elsewhere.", _invoice_basis
    ),
    "engine": Command(
        "Get the Pulumi engine, so that the first plan does not wait for it; print where it is.", _engine
    ),
    "lab": Command("Five Debian machines on this computer, made in seconds, to apply and test against.", _lab),
    "image": Command("Container images of the platform's daemons, made here from Debian packages.", _image),
    "cluster": Command(
        "A Kubernetes cluster of one machine on this computer, to try the platform's pods in.", _cluster
    ),
}
"""name → command, in the order of `pbx --help`. A test holds each summary to the first line of the command's help."""


def main() -> NoReturn:
    """Runs the command line and ends with an exit code of the frozen table."""
    signal.signal(signal.SIGTERM, failures.terminated)
    _start_fast()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader went away; Python would complain again while it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _start_fast() -> None:
    gc.set_threshold(50_000)  # a start makes thousands of classes and no garbage to look for among them
    # To look for plugins pydantic reads what every installed package says of itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code."""
    if list(arguments) == ["--version"]:  # spares the import of typer, which takes longer than all the rest
        print(f"pbx {__version__}")
        return 0
    try:
        from . import application

        result = application.call(COMMANDS, arguments)
    except BaseException as error:
        return failures.end(error, arguments)
    if result == failures.INTERRUPTED:  # typer turns KeyboardInterrupt into a result
        return failures.end(KeyboardInterrupt(), arguments)
    if not arguments:
        return failures.USAGE
    return result if isinstance(result, int) else 0
