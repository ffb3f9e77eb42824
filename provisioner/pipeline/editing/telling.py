"""What the thing at a position is, and where it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from provisioner.core.refs import Ref
from provisioner.core.source import Path, Position, SourceMap, Span
from provisioner.pipeline import reference

from . import grammar, places
from .places import Node
from .project import Project, View


@dataclass(frozen=True, slots=True)
class Told:
    """Markdown about what stands at a span."""

    markdown: str
    span: Span


def definition(project: Project, file: FilePath, position: Position) -> Span | None:
    """Where the thing is said that the text at a position names."""
    if not (asked := _asked(project, file, position)):
        return None
    view, node = asked
    if not (ref := _named(view, node)) or not (found := view.definition(ref)):
        return None
    source, path = found
    return source.keys[path]


def hover(project: Project, file: FilePath, position: Position) -> Told | None:
    """What the key at a position means, or what the text there names."""
    if not (asked := _asked(project, file, position)):
        return None
    view, node = asked
    ref = _named(view, node)
    text = "\n\n".join(_thing(view, ref) if ref else _field(view, node.path))
    return Told(text, node.span) if text else None


def _asked(project: Project, file: FilePath, position: Position) -> tuple[View, Node] | None:
    slug = project.slug(file)
    if slug is None:
        return None
    view = project.view(slug)
    node = places.node_at(view.document.source, file.relative_to(project.root).as_posix(), position)
    return (view, node) if node else None


def _named(view: View, node: Node) -> Ref | None:
    return None if node.is_key else grammar.reference(view.kind, node.path, node.text)


def _thing(view: View, ref: Ref) -> Iterator[str]:
    if not (found := view.definition(ref)):
        yield f"**{ref}**"
        return
    source, path = found
    title = places.titled(source, path)
    yield f"**{ref}**" + (f": {title}" if title else "")
    if said := [f"- `{key}`: {text}" for key, text in _scalars(source, path)]:
        yield "\n".join(said)
    yield f"`{source.keys[path]}`"


def _scalars(source: SourceMap, path: Path) -> Iterator[tuple[str, str]]:
    """What the entry says in one word each, but for its title."""
    for each, span in source.values.items():
        below = len(each) == len(path) + 1 and each[:-1] == path and each[-1] not in ("title", "name")
        if below and (text := places.written(source, span)):
            yield str(each[-1]), text


def _field(view: View, path: Path) -> Iterator[str]:
    asked = ".".join(str(each) for each in path if isinstance(each, str))
    for field in reference.find(asked):
        if field.document == view.kind and len(field.path) == len(path):
            yield f"**{field.name}**" + (" (required)" if field.required else "")
            yield " ".join(field.description.split())
            facts = {"form": field.form, "default": field.default, "example": field.example}
            if lines := [f"- {key}: {value}" for key, value in facts.items() if value]:
                yield "\n".join(lines)
            if field.owner == "users":
                yield "Users live with it: the file only seeds it, an apply leaves it alone."
            return
