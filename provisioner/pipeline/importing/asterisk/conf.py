"""Asterisk's configuration files as lines in sections, each with its place; includes are read where they stand.

The form is that of Asterisk 16 to 22 (docs.asterisk.org, "Asterisk Configuration Files"): `key = value` or
`key => value`, comments from `;` on or between `;--` and `--;`, templates `[name](!)` and their use `[name](template)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Content = Callable[[str], bytes | None]
"""The content of a file of the folder by its name; None where there is none."""

MOST_FILES, MOST_BYTES = 200, 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """`key => value`."""

    place: str
    """`extensions.conf:7`."""
    key: str
    """In small letters."""
    value: str


@dataclass(slots=True)
class Section:
    name: str
    place: str = ""
    lines: list[Line] = field(default_factory=list)
    template: bool = False

    def get(self, key: str, otherwise: str = "") -> str:
        """The last value of a key, as Asterisk takes it."""
        return next((each.value for each in reversed(self.lines) if each.key == key), otherwise)


def read(content: Content, file: str, left: list[str]) -> dict[str, Section]:
    """The sections of a file and of what it includes, by name; none where the file is not there."""
    found: dict[str, Section] = {}
    section = Section("")
    for place, line in _plain(content, file, left, []):
        if head := re.match(r"\[([^\]]*)\]\s*(?:\(([^)]*)\))?", line):
            section = _section(found, head[1].strip(), head[2] or "", place, left)
            continue
        key, arrow, value = line.partition("=")
        if not arrow:
            left.append(f"{place}: {line!r} is no setting")
            continue
        section.lines.append(Line(place, key.strip().lower(), value.removeprefix(">").strip()))
    return {name: each for name, each in found.items() if not each.template}


def _section(found: dict[str, Section], name: str, marks: str, place: str, left: list[str]) -> Section:
    words = {each.strip() for each in marks.split(",") if each.strip()}
    section = found.setdefault(name, Section(name, place))
    section.template = section.template or "!" in words
    for base in sorted(words - {"!", "+"}):
        if base in found:
            section.lines.extend(found[base].lines)
        else:
            left.append(f"{place}: there is no template {base!r}")
    return section


def _plain(content: Content, file: str, left: list[str], through: list[str]) -> Iterator[tuple[str, str]]:
    """Lines without comments, with their places; included files stand where they are included."""
    held = content(file)
    if held is None:
        if through:
            left.append(f"{through[-1]}: there is no file {file}")
        return
    if len(held) > MOST_BYTES or len(through) > MOST_FILES:
        left.append(f"{file}: too long, so it was left out")
        return
    text = held.decode("utf-8", "replace")
    for number, line in enumerate(_without_blocks(text).split("\n"), 1):
        place = f"{file}:{number}"
        plain = re.split(r"(?<!\\);", line, maxsplit=1)[0].replace("\\;", ";").strip()
        if not plain:
            continue
        if include := re.match(r"#(include|tryinclude)\s+[\"<]?([^\">]+)[\">]?$", plain):
            name = include[2].strip()
            if name in {each.rpartition(":")[0] for each in through} or name == file:
                left.append(f"{place}: {name} includes itself")
            else:
                yield from _plain(content, name, left, [*through, place])
        elif plain.startswith("#"):
            left.append(f"{place}: {plain} is not carried out")
        else:
            yield place, plain


def _without_blocks(text: str) -> str:
    """The text less `;-- … --;`, with as many lines as before."""
    return re.sub(r";--(?!-).*?--;", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
