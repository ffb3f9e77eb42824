"""`pbx explain`: the page of a finding's code, or of a field of the files that people write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.findings import Rule
    from provisioner.pipeline.reference import Field


def explain(
    name: Annotated[str, typer.Argument(metavar="CODE|FIELD", help="A code such as Y002, or users.extension.")],
    format: FormatOption = Format.TEXT,
) -> None:
    """Explain a finding's code or a field of the tenant file."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.pipeline import reference, rulebook

    from . import screen

    if rule := rulebook.rules().get(name.upper()):
        pages = [_rule_page(rule)]
    elif fields := reference.find(name):
        pages = [_field_page(each) for each in fields]
    else:
        near = nearest(name.upper(), rulebook.rules()) or reference.near(name)
        hint = f"did you mean {near}?" if near else "codes stand beside each finding; fields are in docs/reference"
        raise UsageError(f"nothing is called {name!r}", hint)
    if format is Format.JSON:
        import json

        print(json.dumps({"format_version": 1, "pages": pages}, ensure_ascii=False, indent=2))
        return
    console = screen.current().console()
    for page in pages:
        for key, value in page.items():
            head = f"{key}: " if "\n" not in value else f"{key}:\n"
            console.print(f"[bold]{head}[/bold]", end="", soft_wrap=True)
            console.print(_indented(value) if "\n" in value else value, markup=False, soft_wrap=True)
        console.print()


def _rule_page(rule: Rule) -> dict[str, str]:
    page = {
        "code": f"{rule.code} ({rule.severity})",
        "what": rule.title,
        "why": rule.why,
        "what to do": rule.remedy,
        "not so": rule.bad + "\n",
        "but so": rule.good + "\n",
    }
    return page | ({"source": rule.source} if rule.source else {})


def _field_page(field: Field) -> dict[str, str]:
    owners = {
        "file": "the file: an apply sets what it says",
        "users": "the users: the file only seeds it, an apply leaves it alone",
    }
    page = {
        "field": f"{field.name} ({field.document} file)",
        "what": " ".join(field.description.split()) or "–",
        "form": field.form or "–",
        "required": "yes" if field.required else "no",
        "default": field.default,
        "owner": owners[field.owner],
        "example": field.example,
    }
    return {key: value for key, value in page.items() if value}


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.rstrip("\n").splitlines()).rstrip("\n")
