"""`pbx report`: a page about a tenant, or about the provider, for people to look at, to print and to keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .deployment import EnvironmentOption
from .options import FolderOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.pipeline.probing.junit import Suite
    from provisioner.pipeline.reporting import Around
    from provisioner.pipeline.validate import Specification

RESULTS = Path("build/verify.xml")
HOME = "index.html"


class Tongue(StrEnum):
    SV = "sv"
    EN = "en"


def report(
    tenant: Annotated[str, typer.Argument(help="The tenant; the provider as a whole where none is named.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Write the provider's page and one for each tenant into the folder --out.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the page to this file, with --all into this folder, instead of stdout.")
    ] = None,
    language: Annotated[
        Tongue | None,
        typer.Option(
            help="What the page is written in.", show_default="the tenant's, where it is one of them, else en"
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=2024, max=2060, help="The year that is drawn.", show_default="this year")
    ] = None,
    results: Annotated[
        Path, typer.Option("--verified", metavar="FILE", help="The last results of `pbx verify --report junit=FILE`.")
    ] = RESULTS,
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Make one self-contained page about a tenant or the provider: calls, users, cost, days, findings, history.

    Examples:
    pbx report acme --out acme.html                        for the customer, in her language
    pbx report acme --language en --year 2027 > acme.html  in English, of another year
    pbx report --all --out build/report                    all tenants, and the provider's page that leads to them
    """
    from provisioner.core.errors import UsageError
    from provisioner.wiring import described_in

    if everything and (tenant or out is None):
        raise UsageError("--all makes several pages", "name a folder for them by --out, and no tenant")
    specification = _specification(folder, tenant)
    if specification.provider and specification.provider.environments:
        described_in(specification.provider, env)
    only = frozenset([tenant] if tenant else ())
    around = _around(folder, env, year or date.today().year, results, only)  # noqa: DTZ011  (which year is it here?)
    for name, text in _pages(specification, around, tenant, language, env, everything=everything):
        _put(text, out / name if out and everything else out)


def _pages(
    specification: Specification,
    around: Around,
    tenant: str,
    language: Tongue | None,
    environment: str,
    *,
    everything: bool,
) -> Iterator[tuple[str, str]]:
    """Each page with the name of its file below the folder of all."""
    from provisioner.pipeline import reporting

    from .pages import language_of, provider_page, tenant_page

    # The provider's page alone tells nothing of what each tenant's file said before.
    known = around if tenant or everything else replace(around, past=None)
    tenants = [reporting.of_tenant(specification, slug, known) for slug in specification.tenants]
    for each in tenants if tenant or everything else ():
        spoken = language_of(language or each.tenant.language)
        home = f"../{HOME}" if everything else ""
        yield f"tenants/{each.slug}.html", tenant_page(each, spoken, environment, home)
    if not tenant:
        whole = reporting.of_provider(specification, around, tenants)
        spoken = language_of(language or whole.provider.language)
        yield HOME, provider_page(whole, spoken, environment, linked=everything)


def _put(text: str, file: Path | None) -> None:
    from provisioner.pipeline import whole

    if file is None:
        print(text, end="")
    else:
        whole.put(file, text)


def _specification(folder: Path, tenant: str) -> Specification:
    """Raises SpecificationInvalid where a file cannot be understood at all."""
    from provisioner.core.errors import SpecificationInvalid
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    found = validate(load(folder, frozenset([tenant] if tenant else ())))
    if found.provider is None or len(found.tenants) < len(found.folder.tenants):
        raise SpecificationInvalid(found.findings)
    if not found.valid:
        screen.current().note("there are mistakes: pages show what is understood, and list them; see `pbx validate`")
    return found


def _around(folder: Path, environment: str, year: int, results: Path, only: frozenset[str]) -> Around:
    """What pages tell beside the folder's files: history, record, results of test calls."""
    from provisioner.core.audit import Head, verify
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import auditing, reporting
    from provisioner.wiring import Deployment, history_of

    try:
        content, chain = Deployment(folder, environment, lambda _: None).audit.read()
    except UsageError:
        content, chain = b"", Head()  # nothing was applied yet
    if verify(content, chain).breaks:
        told = f"the record of {environment} is not as it was written: see `pbx audit verify --env {environment}`"
        screen.current().note(told, -1)
    applies, _ = auditing.history(content)
    try:
        history = history_of(folder)
        head, changed = history.find("HEAD"), history.changed(history.find("HEAD"), history.find(""))
    except UsageError:  # not in Git, or nothing was committed there yet
        return reporting.Around(year, None, None, (), tuple(applies), _verified(results))
    past = reporting.Past(history, year, only)
    return reporting.Around(year, past, head, tuple(changed), tuple(applies), _verified(results))


def _verified(file: Path) -> Mapping[str, Suite]:
    """The results of test calls by tenant; none where there is no such file and none was asked for."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.probing import junit

    if file == RESULTS and not file.is_file():
        return {}
    try:
        return junit.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        hint = "name a file that `pbx verify --report junit=FILE` wrote"
        raise UsageError(f"{file} cannot be read: {error}", hint) from None
