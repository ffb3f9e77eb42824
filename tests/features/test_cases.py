"""Every case of every room: a tenant file and what must come of it.

A case is a folder `tests/features/<noun>/cases/<case>/` with `tenant.yaml` (only the sections it needs: the rest comes
from `tests/features/base.yaml`), a `provider.yaml` where the usual one will not do, and either `findings.txt` or
`expected/` with whole rendered files. A stored file `NAME.part` holds whole sections of the file NAME and is compared
with these only. Run with `PBX_ACCEPT=1` to write what came out (of a `.part` the sections whose headings stand in it),
then read the difference before committing it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from provisioner.core.findings import Located
from provisioner.pipeline.compile import compile_tenant
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import Specification, validate

HERE = Path(__file__).parent
CASES = sorted([*HERE.glob("*/cases/*/tenant.yaml"), *HERE.parent.glob("rules/cases/*/tenant.yaml")])
SLUG = "acme"


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parts[-4]}/{file.parts[-2]}")
def test_case(file: Path, tmp_path: Path) -> None:
    specification = understood(file, tmp_path)
    case, accept = file.parent, bool(os.environ.get("PBX_ACCEPT"))
    findings = "".join(f"{line}\n" for line in map(shown, specification.findings))
    if accept and findings:
        (case / "findings.txt").write_text(findings)
    stored = case / "findings.txt"
    assert findings == (stored.read_text() if stored.exists() else "")
    expected = case / "expected"
    if not specification.valid:
        assert not expected.exists(), "a case with errors renders nothing"
        return
    rendered = {
        f"{bundle.product}/{text.path}": text.text
        for bundle in compile_tenant(specification.tenants[SLUG], specification.scopes[SLUG]).bundles
        for text in bundle.files
    }
    if accept:
        for name in [*expected.rglob("*")] if expected.exists() else [Path("asterisk/extensions.conf")]:
            relative = name.relative_to(expected).as_posix() if expected.exists() else name.as_posix()
            if (whole := relative.removesuffix(".part")) in rendered:
                (expected / relative).parent.mkdir(parents=True, exist_ok=True)
                text = rendered[whole] if whole == relative else sections(name.read_text(), rendered[whole])
                (expected / relative).write_text(text)
    compared = {each.relative_to(expected).as_posix(): each for each in expected.rglob("*") if each.is_file()}
    assert compared or findings, "a case compares findings or rendered files"
    for name, each in compared.items():
        whole, text = name.removesuffix(".part"), each.read_text()
        assert (rendered[name] if whole == name else sections(text, rendered[whole])) == text, name


def sections(named: str, text: str) -> str:
    """The sections of `text` whose headings stand in `named`."""
    wanted = {line for line in named.splitlines() if line.startswith("[")}
    kept, keep = [], False
    for line in text.splitlines():
        if line.startswith("["):
            keep = line in wanted
        if keep:
            kept.append(f"{line}\n")
    return "".join(kept)


def understood(file: Path, folder: Path) -> Specification:
    """The case's sections joined with the base tenant's, as a provider's folder of one tenant."""
    own = file.with_name("provider.yaml")
    return specification_of(file.read_text(), folder, own if own.exists() else HERE / "provider.yaml")


def specification_of(own: str, folder: Path, provider: Path = HERE / "provider.yaml") -> Specification:
    """Some sections of a tenant file joined with the base tenant's others, in a provider's folder made for them."""
    (folder / "tenants" / SLUG).mkdir(parents=True)
    shutil.copy(provider, folder / "provider.yaml")
    shutil.copytree(HERE / "audio", folder / "prompts")
    shutil.copytree(HERE / "calendars", folder / "calendars")
    (folder / "tenants" / SLUG / "case.yaml").write_text(own)
    written = {line.split(":")[0] for line in own.splitlines() if line[:1].isalpha()}
    (folder / "tenants" / SLUG / "base.yaml").write_text(without(written, (HERE / "base.yaml").read_text()))
    return validate(load(folder))


def without(written: set[str], text: str) -> str:
    """The text less the top-level sections that the case writes itself."""
    kept, keep = [], True
    for line in text.splitlines():
        if line[:1].isalpha() or line.startswith('"'):
            keep = line.split(":")[0] not in written
        kept.append(line if keep else "#")
    return "\n".join(kept) + "\n"


def shown(each: Located) -> str:
    near = f" [{each.finding.nearest}]" if each.finding.nearest else ""
    return (
        f"{each.span.file.rpartition('/')[2]}:{each.span.start.line}:{each.span.start.column} {each.severity}"
        f" {each.code} {each.finding.message} | {each.finding.expected}{near}"
    )
