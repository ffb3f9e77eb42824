"""`pbx device`: a tenant's telephones and DECT bases, and the link or QR code by which one of them sets itself up."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.pipeline.telephones import Listed
    from provisioner.wiring import Deployment

FORMAT_VERSION = 1


class Action(StrEnum):
    LIST = "list"
    LINK = "link"
    SHOW = "show"
    RENEW = "renew"


class Form(StrEnum):
    TEXT = "text"
    JSON = "json"
    SVG = "svg"


def device(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    action: Annotated[
        Action,
        typer.Argument(
            help="list them; print the link of one with its QR code; show what to type in; renew its secrets."
        ),
    ] = Action.LIST,
    telephone: Annotated[
        str | None,
        typer.Argument(metavar="USER-DEVICE", help="Which telephone: the name that it logs in with, or base.NAME."),
    ] = None,
    password: Annotated[bool, typer.Option("--password", help="Let show tell the password too.")] = False,
    env: EnvironmentOption = "lab",
    form: Annotated[
        Form, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries; svg is the QR code of a link.")
    ] = Form.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List a tenant's telephones, or print the link and QR code by which one sets itself up."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import telephones

    verification, specification = running(folder, env, tenant)
    deployment, known = verification.deployment, telephones.of(specification, tenant)
    if action is Action.LIST:
        _list(known, form)
        return
    if telephone is None:
        raise UsageError("no telephone is named", f"`pbx device {tenant} {action} USER-DEVICE`")
    found = telephones.one(known, tenant, telephone)
    if action is Action.LINK:
        _link(found, deployment, form)
    elif action is Action.RENEW:
        _renew(found, deployment)
    else:
        _show(found, deployment, form, password=password)


def _list(known: Mapping[str, Listed], form: Form) -> None:
    facts = [
        {
            "telephone": each.name,
            "user": each.account.user if each.account else "",
            "kind": each.account.kind if each.account else "base",
            "sets_itself_up": each.settings.maker.value if each.settings else each.base,
            "mac": each.settings.mac if each.settings else "",
        }
        for each in known.values()
    ]
    if form is Form.JSON:
        _print({"telephones": facts})
        return
    from rich.table import Table

    table = Table("telephone", "kind", "sets itself up as", "hardware address", box=None, pad_edge=False)
    for each in facts:
        table.add_row(each["telephone"], each["kind"], each["sets_itself_up"] or "–", each["mac"] or "–")
    screen.current().console().print(table)


def _link(found: Listed, deployment: Deployment, form: Form) -> None:
    from provisioner.core.errors import UsageError
    from provisioner.targets.provisioning.bundle import link

    if found.base:
        raise UsageError(f"{found.name} is set up by its base", f"`pbx device … link {found.base}`")
    if found.settings is None:
        raise UsageError(
            f"{found.name} does not set itself up",
            "give it a model in the tenant file, or type in what `pbx device … show` tells",
        )
    address = link(found.settings, deployment.edge_name, deployment.secret_of_device(found.settings.link))
    if form is Form.JSON:
        _print({"telephone": found.name, "link": address})
        return
    import segno

    code = segno.make(address, error="m", micro=False)
    if form is Form.SVG:
        print(code.svg_inline(scale=4))
        return
    print(address)
    code.terminal(compact=True)
    print("Whoever has this link has the telephone's password, or those of all handsets of a base.")


def _show(found: Listed, deployment: Deployment, form: Form, *, password: bool) -> None:
    from provisioner.core.errors import UsageError

    account = found.account
    if account is None:
        raise UsageError(f"{found.name} does not register; its handsets do", "`pbx device … list` names them")
    facts: dict[str, Any] = {
        "telephone": account.username,
        "user and authentication name": account.username,
        "domain": account.domain,
        "outbound proxy": f"{deployment.edge_name}:5061",
        "transport": "TLS, media by SRTP",
    }
    if account.kind == "browser":
        facts |= {"outbound proxy": f"wss://{deployment.edge_name}:7443/", "transport": "WebSocket, media by DTLS-SRTP"}
    if password:
        facts["password"] = deployment.secret_of_device(account.secret)
    if form is Form.JSON:
        _print({key.replace(" ", "_"): value for key, value in facts.items()})
        return
    for key, value in facts.items():
        print(f"{key}: {value}")


def _renew(found: Listed, deployment: Deployment) -> None:
    """A link that went astray, or a telephone that did: both secrets are new, so that the old ones open nothing."""
    from provisioner.pipeline.making import maker

    handles = [found.account.secret] if found.account else []
    handles += [found.settings.link] if found.settings else []
    for handle in handles:
        deployment.secrets.set(handle, maker(handle)())
    what = "password" if found.account else "link"
    print(f"{found.name} has a new {what}; `pbx apply --env {deployment.environment}` puts it in force")


def _print(facts: dict[str, Any]) -> None:
    print(json.dumps({"format_version": FORMAT_VERSION, **facts}, ensure_ascii=False))
