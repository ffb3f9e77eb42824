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
from .figures import Figure
from .lab import first_call
from .processes import best, peak

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
"""The floor: PyYAML's C events of the same files, and nothing done with them."""

BUILD = """
import sys
from pathlib import Path
from provisioner.pipeline.build import build
built = build(Path(sys.argv[1]))
assert built.valid, built.findings[:3]
assert all(each.digests for each in built.outcomes)
"""


def validate_and_compile() -> Iterator[Figure]:
    """Validate + compile, cold, on all cores, against the C parser's events of the same files on one."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as home:
        for tenants in (10, 100, 1000):
            root = Path(home) / str(tenants)
            folder.make(root, tenants)
            times = 3 if tenants < 1000 else 2
            events, build = ((sys.executable, "-c", program, str(root)) for program in (EVENTS, BUILD))
            least, most = peak(*events), peak(*build)  # first, so that byte code and file cache are there for the clock
            floor, ours = best(times, *events), best(times, *build)
            name = f"validate + compile {tenants} tenants of {folder.USERS} users"
            command, peer = f"pbx validate ({cores} cores)", "PyYAML C events alone, one core"
            yield Figure(f"{name}, wall", round(ours.wall, 2), "s", command, peer, round(floor.wall, 2))
            yield Figure(f"{name}, cpu", round(ours.cpu, 2), "s", command, peer, round(floor.cpu, 2))
            yield Figure(f"{name}, peak memory", round(most, 1), "MB", command, peer, round(least, 1))


def start() -> Iterator[Figure]:
    """What a person waits for who asks for the version or presses the tabulator."""
    pbx = str(Path(sys.executable).parent / "pbx")
    floor = best(5, sys.executable, "-c", "pass")
    version = best(5, pbx, "--version")
    peer = "bare Python"
    yield Figure("pbx --version", round(version.wall * 1000), "ms", "pbx --version", peer, round(floor.wall * 1000))
    for name, line in (("a command's name", "pbx va"), ("an option", "pbx validate --fo")):
        settings = ["env", "_PBX_COMPLETE=complete_bash", f"COMP_WORDS={line}", f"COMP_CWORD={line.count(' ')}"]
        spent = best(5, *settings, pbx)
        yield Figure(
            f"completion of {name}", round(spent.wall * 1000), "ms", f"{line}<TAB>", peer, round(floor.wall * 1000)
        )


MEASUREMENTS = (start, validate_and_compile, first_call)
"""In the order of the table. Those of the lab come last: they need it up."""
