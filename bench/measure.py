"""What is measured: each function yields figures, and says nothing where it cannot measure here.

The work runs in fresh processes, as a person or a pipeline starts it. `wall` is what that person waits; `cpu` is what
all its processes spent, which says more on a machine that does other things too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import folder
from .again import before_the_engine
from .calls import calls
from .chat import chat
from .clone import fresh_clone
from .cluster import cluster
from .editor import editor
from .figures import Figure
from .lab import first_call
from .many import many_tenants
from .presence import presence
from .processes import best, peak, run

EVENTS = """
import sys
from pathlib import Path
from yaml._yaml import CParser
from yaml.events import StreamEndEvent
for file in sorted(Path(sys.argv[1]).glob("tenants/*.yaml")):
    event = CParser(file.read_text(encoding="utf-8")).get_event
    while type(event()) is not StreamEndEvent:
        pass
"""
"""The floor: Python starts, imports PyYAML and makes its C events of the same files, and does nothing with them."""

EVENTS_ALONE = "PyYAML C events alone, one core"

PBX = str(Path(sys.executable).parent / "pbx")
EXAMPLES = str(Path(__file__).parents[1] / "examples")


COMPILE = """
import sys
from pathlib import Path
from provisioner.pipeline.build import build
assert all(each.digests for each in build(Path(sys.argv[1])).outcomes)
"""
"""What `pbx plan` does before anything else, where nothing is remembered."""


def validate_and_compile() -> Iterator[Figure]:
    """Cold, on all cores, against the C parser's events of the same files, as cold, on one."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as home:
        for tenants in (10, 100, 1000):
            root = Path(home) / str(tenants)
            folder.make(root, tenants)
            times = 3 if tenants < 1000 else 2
            events = (sys.executable, "-c", EVENTS, str(root))
            least, floor = peak(*events), best(times, *events)
            for what, command, call in (
                ("validate", "pbx validate", (PBX, "--quiet", "validate", "--folder", str(root))),
                ("validate + compile", "pipeline.build", (sys.executable, "-c", COMPILE, str(root))),
            ):
                most = peak(*call)  # first, so that byte code and file cache are there for the clock
                ours = best(times, *call)
                name, command = f"{what} {tenants} tenants of {folder.USERS} users", f"{command} ({cores} cores)"
                yield Figure(f"{name}, wall", round(ours.wall, 2), "s", command, EVENTS_ALONE, round(floor.wall, 2))
                yield Figure(f"{name}, cpu", round(ours.cpu, 2), "s", command, EVENTS_ALONE, round(floor.cpu, 2))
                yield Figure(f"{name}, peak memory", round(most, 1), "MB", command, EVENTS_ALONE, round(least, 1))


def validate_on_one_core() -> Iterator[Figure]:
    """500 tenants of 100 users on one core; `cpu` is what counts on a machine that does other things too."""
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "500"
        folder.make(root, 500, 100)
        floor = best(2, sys.executable, "-c", EVENTS, str(root))
        ours = best(2, "taskset", "--cpu-list", "0", PBX, "--quiet", "validate", "--folder", str(root))
        name, command = "validate 500 tenants of 100 users", "pbx validate (one core)"
        yield Figure(f"{name}, wall", round(ours.wall, 2), "s", command, EVENTS_ALONE, round(floor.wall, 2))
        yield Figure(f"{name}, cpu", round(ours.cpu, 2), "s", command, EVENTS_ALONE, round(floor.cpu, 2))


def diff() -> Iterator[Figure]:
    """`pbx diff` of two revisions of 500 tenants, three of which differ, against Git's own diff of the same files."""
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "500"
        folder.make(root, 500)
        git = ("git", "-C", str(root), "-c", "user.name=bench", "-c", "user.email=bench@example")
        run(*git, "init", "-q")
        for change in (False, True):
            for index in (3, 77, 400) if change else ():
                file = root / "tenants" / f"company-{index}.yaml"
                text = file.read_text(encoding="utf-8")
                file.write_text(text.replace("13:00-17:00", "13:00-16:00"), encoding="utf-8")
            run(*git, "add", ".")
            run(*git, "commit", "-q", "-m", "bench")
        differs = ("sh", "-c", '"$@"; test $? = 2', "sh", PBX, "diff", "HEAD~1..HEAD", "--folder", str(root))
        peer = best(3, *git, "diff", "HEAD~1", "HEAD")
        ours = best(3, *differs)
        name, command = "diff of 500 tenants, three differ", "pbx diff HEAD~1..HEAD"
        yield Figure(f"{name}, wall", round(ours.wall, 2), "s", command, "git diff", round(peer.wall, 3))
        yield Figure(f"{name}, cpu", round(ours.cpu, 2), "s", command, "git diff", round(peer.cpu, 3))


def start() -> Iterator[Figure]:
    """What a person waits for who asks for the version, for help, for a check, or presses the tabulator."""
    floor = round(best(5, sys.executable, "-c", "pass").wall * 1000)

    def beside_bare(name: str, command: str, *call: str) -> Figure:
        return Figure(name, round(best(5, *call).wall * 1000), "ms", command, "bare Python", floor)

    yield beside_bare("pbx --version", "pbx --version", PBX, "--version")
    yield beside_bare("pbx --help", "pbx --help", PBX, "--help")
    for name, line in (("a command's name", "pbx va"), ("an option", "pbx validate --fo")):
        settings = ["env", "_PBX_COMPLETE=complete_bash", f"COMP_WORDS={line}", f"COMP_CWORD={line.count(' ')}"]
        yield beside_bare(f"completion of {name}", f"{line}<TAB>", *settings, PBX)
    check = ("--quiet", "validate", "--folder", EXAMPLES)
    for name, tenants in (("one example", ["kiosken"]), ("all examples", [])):
        command = " ".join(["pbx validate --folder examples", *tenants])
        yield beside_bare(f"pbx validate, {name}", command, PBX, *check, *tenants)
    call = ("trace", "--folder", EXAMPLES, "nordverk", "+46313900600", "--at", "2027-01-05T09:00")
    for name, more in (("one call", ["--keys", "1"]), ("every outcome", ["--all"])):
        yield beside_bare(f"pbx trace, {name}", " ".join(["pbx trace nordverk +46313900600", *more]), PBX, *call, *more)


MEASUREMENTS = (
    start,
    editor,
    validate_and_compile,
    validate_on_one_core,
    diff,
    before_the_engine,
    presence,
    chat,
    cluster,
    first_call,
    many_tenants,
    calls,
    fresh_clone,
)
"""In the order of the table. Those of the lab come last: they need it up. The slowest is the last of all."""
