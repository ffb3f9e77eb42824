"""A page for each feature: what it is, what may be written, what comes of it, what can be wrong.

Made from the room's own words, its model and rules, and the worked example: the shortest entry there that uses the
room, and the lines that it really causes on the platform. `make reference` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.core.artifacts import Bundle
from provisioner.core.feature import Feature
from provisioner.pipeline import reference
from provisioner.pipeline.load import Document
from provisioner.pipeline.run import compiled
from provisioner.tenant import FEATURES

EXAMPLES = Path(__file__).parents[1] / "examples"
MOST_LINES = 24
"""Lines shown of what an entry causes in one file."""

Entry = tuple[Document, tuple[Bundle, ...], tuple[str, ...]]
"""Where an example stands, what its tenant is rendered to, and its path."""


def pages() -> dict[str, str]:
    """room → its README."""
    return {_room(feature): "".join(_page(feature)) for feature in FEATURES}


def _room(feature: Feature[Any]) -> str:
    return next(
        name.removeprefix("provisioner.features.")
        for name, module in sorted(sys.modules.items())
        if name.startswith("provisioner.features.") and getattr(module, "FEATURE", None) is feature
    )


def _page(feature: Feature[Any]) -> Iterator[str]:
    said = (sys.modules[f"provisioner.features.{_room(feature)}"].__doc__ or "").strip()
    first, _, more = said.partition("\n\n")
    yield f"# {feature.section}\n\n{first}\n" + (f"\n{more}\n" if more else "")
    yield "\n## Syntax\n\n| field | what | form | required | default |\n| --- | --- | --- | --- | --- |\n"
    for each in reference.fields():
        if each.document == "tenant" and each.path[0] == feature.section:
            cells = (each.description, each.form, "yes" if each.required else "", each.default)
            yield f"| `{each.name}` | {' | '.join(map(_cell, cells))} |\n"
    entry = _example(feature.section)
    if entry:
        yield f"\n## Example\n\nFrom `examples/{entry[0].show(entry[0].files[0])}`:\n\n```yaml\n{_written(entry)}```\n"
        yield from _renders(entry)
    yield "\n## Findings\n\n"
    yield from (f"- [{each.code}](../rules.md) {each.title} ({each.severity})\n" for each in feature.rules)
    if not feature.rules:
        yield "None of its own; structure, references and the rules over a tenant apply.\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


@cache
def _tenants() -> list[tuple[Document, tuple[Bundle, ...]]]:
    return list(compiled(EXAMPLES))


def _example(section: str) -> Entry | None:
    """The shortest entry of the section among the examples, or the section itself where it has no names."""
    found: list[tuple[int, str, Entry]] = []
    for document, bundles in _tenants():
        written = document.data.get(section)
        named = isinstance(written, dict) and any(isinstance(each, dict) for each in written.values())
        for name in written if named else ():
            path = (section, name)
            found.append((_length(document, path), document.slug, (document, bundles, path)))
        if written and not named:
            found.append((_length(document, (section,)), document.slug, (document, bundles, (section,))))
    rich = [each for each in found if each[0] > 1] or found
    return min(rich, key=lambda each: each[:2])[2] if rich else None


def _length(document: Document, path: tuple[str, ...]) -> int:
    return len(_lines(document, path))


def _lines(document: Document, path: tuple[str, ...]) -> list[str]:
    """The source lines of a node: its key's line, and all that are indented deeper."""
    span = document.source.span(path, key=True)
    first, *rest = document.source.texts[span.file][span.start.line - 1 :]
    lines = [first]
    for line in rest:
        if line.strip() and not line.startswith(" " * span.start.column):
            break
        lines.append(line)
    while not lines[-1].strip():
        lines.pop()
    return lines


def _written(entry: Entry) -> str:
    document, _, path = entry
    head = f"{path[0]}:\n" if len(path) > 1 else ""
    return head + "".join(f"{line.rstrip()}\n" for line in _lines(document, path))


def _renders(entry: Entry) -> Iterator[str]:
    """The lines that the example causes, file by file, under the heading they stand below."""
    _, bundles, path = entry
    shown = False
    for bundle in bundles:
        for file in bundle.files:
            lines, heading = [], ""
            for line in file.lines:
                if line.source is None and line.text.startswith("["):
                    heading = line.text
                if line.source is not None and line.source[: len(path)] == path:
                    lines += [heading] if heading else []
                    heading = ""
                    lines.append(line.text)
            if lines:
                yield "\n## Renders\n" if not shown else ""
                shown = True
                rest = f"; {len(lines) - MOST_LINES} lines more\n" if len(lines) > MOST_LINES else ""
                text = "".join(f"{each}\n" for each in lines[:MOST_LINES])
                yield f"\n`{bundle.product}/{file.path}`:\n\n```ini\n{text}{rest}```\n"
