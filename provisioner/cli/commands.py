"""Which command lives where: help and completion of `pbx` itself read this table, so that they start fast.

Only the module of the command that is called is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typer

    Mounted = Callable[..., Any] | typer.Typer


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the line that `pbx --help` shows, and what finds it when it is called."""

    summary: str
    find: Callable[[], Mounted]
    """Its function, or the application of a group of commands."""

    def mount(self, app: typer.Typer, name: str) -> None:
        import typer

        found = self.find()
        if isinstance(found, typer.Typer):
            app.add_typer(found)
        else:
            app.command(name)(found)


def _find(name: str) -> Any:
    found: Any  # so that each import may be of its own type
    match name:
        case "validate":
            from .validate import validate as found
        case "explain":
            from .explain import explain as found
        case "render":
            from .render import render as found
        case "trace":
            from .trace import trace as found
        case "schema":
            from .schema import schema as found
        case "import":
            from .import_ import app as found
        case "policy":
            from .policy import policy as found
        case "lsp":
            from .lsp import lsp as found
        case "graph":
            from .graph import graph as found
        case "diff":
            from .diff import diff as found
        case "report":
            from .report import report as found
        case "codes":
            from .codes import codes as found
        case "device":
            from .device import device as found
        case "plan":
            from .plan import plan as found
        case "apply":
            from .apply import apply as found
        case "drift":
            from .drift import drift as found
        case "verify":
            from .verify import verify as found
        case "schedule":
            from .schedule import app as found
        case "callbacks":
            from .callbacks import callbacks as found
        case "activity":
            from .activity import activity as found
        case "desk":
            from .desk import desk as found
        case "switch":
            from .switch import switch as found
        case "limits":
            from .limits import limits as found
        case "storage":
            from .storage import storage as found
        case "chat-password":
            from .chat_password import chat_password as found
        case "pin":
            from .pin import pin as found
        case "prompt":
            from .prompt import app as found
        case "calls":
            from .calls import calls as found
        case "recordings":
            from .recordings import app as found
        case "queues":
            from .queues import queues as found
        case "agent":
            from .agent import agent as found
        case "conferences":
            from .conferences import conferences as found
        case "conference":
            from .conference_link import app as found
        case "attendant":
            from .attendant import app as found
        case "destroy":
            from .destroy import destroy as found
        case "history":
            from .history import history as found
        case "mv":
            from .mv import mv as found
        case "rollback":
            from .rollback import rollback as found
        case "secret":
            from .secret import app as found
        case "lock":
            from .lock import app as found
        case "audit":
            from .audit import app as found
        case "invoice-basis":
            from .invoice_basis import invoice_basis as found
        case "engine":
            from .engine import engine as found
        case "image":
            from .image import app as found
        case "cluster":
            from .cluster import app as found
        case "lab":
            from .lab import app as found
    return found


_SUMMARIES = {
    "validate": "Check the tenant files and say everything that is wrong with them.",
    "explain": "Explain a finding's code or a field of the tenant file.",
    "render": "Show the files that the platform would get, and what caused each line.",
    "trace": "Say who would answer a call, by which way and why, with the lines that decide; no machine is asked.",
    "schema": "Print the JSON Schema of the tenant file or the provider's file.",
    "import": "Make a tenant file of what other systems export.",
    "policy": "Ask the provider's own policies about its files and a plan; ends with 4 where one is broken.",
    "lsp": "Answer an editor over standard input and output: findings as you type, completion, hover, definitions.",
    "graph": "Draw where calls of a tenant go: as a tree, picture, page or Mermaid.",
    "diff": (
        "Say what differs between two revisions for callers, users and the invoice; ends with 2 where anything does."
    ),
    "report": (
        "Make one self-contained page about a tenant or the provider: calls, users, cost, days, findings, history."
    ),
    "codes": "List the phone codes of tenants, what each does and which line says so.",
    "device": "List a tenant's telephones, or print the link and QR code by which one sets itself up.",
    "plan": "Say what apply would change; no machine is touched.",
    "apply": "Make the environment as the folder says.",
    "drift": "Say what on the machines is not as it was applied; nothing is changed.",
    "verify": "Make real calls through the running platform and measure what is heard.",
    "schedule": "Show a year of a schedule, or take days over from a calendar file.",
    "callbacks": "List the numbers that wait for a call back, oldest first.",
    "activity": "Set what a user is doing, until a time or until she says otherwise; or show what all are doing.",
    "desk": "Show who is logged in at which shared telephone, or log her out there.",
    "switch": "Open or close a schedule by hand, until somebody lets it decide again.",
    "limits": "Show what calls have cost today and whether dear calls are stopped; lift the stop.",
    "storage": "Show how much of their room for files in chat a tenant's users have used.",
    "chat-password": "Tell the password of an account in chat, and nothing else.",
    "pin": "Tell a PIN, and nothing else: a user's, or a telephone conference's.",
    "prompt": "List prompts, and handle those that users record by phone.",
    "calls": "Show the log of a tenant's calls, or of one user's, the latest first.",
    "recordings": "List recorded calls, fetch and delete them, and tell who did.",
    "queues": "Show the live figures of a tenant's queues and ring groups.",
    "agent": "Log a member of a queue or ring group in or out, or let her pause or go on.",
    "conferences": "Show a tenant's telephone conferences and who is in them.",
    "conference": "Book or lead a telephone conference, or make links to video rooms.",
    "attendant": "Show external attendants what to answer, and what they answered.",
    "destroy": "Take tenants away whole, after what their users have was exported; machines stay as they are.",
    "history": "List who changed what when, newest first.",
    "mv": "Rename something in the tenant's files, with all that refers to it, or the tenant itself.",
    "rollback": "Plan a tenant's file as it was, and write it back.",
    "secret": "List an environment's secrets, and set or renew one.",
    "lock": "List who works on an environment, and release locks that a dead run left.",
    "audit": "Check the record of applies, without any machine.",
    "invoice-basis": "List what each tenant uses in a month and what it costs; an invoice is made of it elsewhere.",
    "engine": "Get the Pulumi engine, so that the first plan does not wait for it; print where it is.",
    "lab": "Five Debian machines on this computer, made in seconds, to apply and test against.",
    "image": "Container images of the platform's daemons, made here from Debian packages.",
    "cluster": "A Kubernetes cluster of one machine on this computer, to try the platform's pods in.",
}

COMMANDS: dict[str, Command] = {name: Command(says, partial(_find, name)) for name, says in _SUMMARIES.items()}
"""name → command, in the order of `pbx --help`. A test holds each summary to the first line of the command's help."""
