"""What must hold whatever a file says: findings with places, and no exception, no check that failed itself.

Everything that a tenant file goes through offline: reading, checks, compiling, every form of report, and what an editor
asks. An alarm holds the time of each file; the memory of the process is limited by whoever starts it.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.cli.reports import KINDS, Report
from provisioner.cli.reports.text import lines
from provisioner.core.errors import UsageError
from provisioner.core.source import Position
from provisioner.pipeline import yaml_reader
from provisioner.pipeline.build import build
from provisioner.pipeline.editing import places, telling
from provisioner.pipeline.editing.completing import complete
from provisioner.pipeline.editing.project import Project
from provisioner.pipeline.importing import exports, people, sheet
from provisioner.pipeline.importing.asterisk import files
from provisioner.pipeline.importing.asterisk import read as asterisk
from provisioner.pipeline.importing.written import Header, written

from .mutations import IMPORTED, PROVIDER, TENANT, TESTS

SECONDS = 10
MEGABYTES = 1024
OFFICE = TESTS / "pipeline/importing/office"
HEADER = Header("Acme", "acme.example", "Europe/Stockholm", "sv", "SE")
FEATURES = Path(__file__).parents[1] / "features"


class TooSlow(Exception):
    """A file took longer than any may."""


def folder(root: Path) -> Path:
    """A provider's folder for one tenant, with the files that the rooms' cases name."""
    (root / "tenants").mkdir(parents=True)
    shutil.copytree(FEATURES / "audio", root / "prompts")
    shutil.copytree(FEATURES / "calendars", root / "calendars")
    return root


def survives(root: Path, name: str, content: bytes, where: int = 0) -> None:
    """Raises where the tools do not survive the content in a file of the folder; `where` is the editor's cursor."""
    if name in IMPORTED:
        with within(SECONDS), contextlib.suppress(UsageError):
            _import(name, content)
        return
    for each, good in ((PROVIDER, FEATURES / "provider.yaml"), (TENANT, FEATURES / "base.yaml")):
        (root / each).write_bytes(content if each == name else good.read_bytes())
    file = root / name
    with within(SECONDS):
        found = build(root, processes=1).findings
        for each in found:
            assert each.code != "Z001", each.finding.message
            assert each.span.start.line >= 1, each
            assert each.finding.message, each
        report = Report(found, 1)
        for render in KINDS.values():
            render(report)
        for line in lines(found):
            "".join(text for _, text in line)
        _edit(root, file, content, where)


def _import(name: str, content: bytes) -> None:
    """Makes a tenant file of what another system could have said; it can be read, whatever that was."""
    if name.endswith(".conf"):
        made = asterisk.company(
            lambda file: content if file == name else files.within(OFFICE)(file), "SE", "business", lambda _: ""
        )
    elif name == "ivozprovider.json":
        users, numbers, _ = exports.ivozprovider({name: content})
        made = people.company(users, numbers, "SE", "business")
    elif name == "wazo.csv":
        users, numbers, _ = exports.wazo(sheet.read(content, name, exports.WAZO, "first"))
        made = people.company(users, numbers, "SE", "business")
    else:
        listed = sheet.read(content, name, exports.FUSIONPBX_USERS, "extension")
        users, numbers, _ = exports.fusionpbx(listed, None, "SE")
        made = people.company(users, numbers, "SE", "business")
    text = written(made, HEADER, name)
    assert yaml_reader.read(text, name).findings == [], text


def _edit(root: Path, file: Path, content: bytes, where: int) -> None:
    """What an editor asks at a place of the same text."""
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8", "replace").read()
    project = Project(root)
    project.unsaved[file] = text
    before = text[: where % (len(text) + 1)]
    position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
    complete(project, file, position)
    telling.hover(project, file, position)
    telling.definition(project, file, position)
    slug = project.slug(file) or ""
    places.outline(project.document(slug).source, file.relative_to(root).as_posix())
    project.findings(slug)
    complete(project, file, position)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    def late(*_: object) -> None:
        raise TooSlow(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
