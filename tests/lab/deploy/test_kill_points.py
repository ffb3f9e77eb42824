"""`pbx apply` killed at each of its steps on real machines, thirty times, and cut off from one of them in the middle.

Each run begins from what the killed one before it left. After every ten of them everything is as an undisturbed run
leaves it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from provisioner.adapters.lab import topology
from tests.lab.deploy.test_apply import TENANT, changed_by_a_further_run
from tests.lab.deploy.test_trouble import STACK, leftovers
from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

POINTS = 30
AT_A_TIME = 10
TIMEOUT, EXTENSION = "timeout: 120s", "extension: 190"


@pytest.fixture
def tenant(examples: ProviderFolder) -> Iterator[ProviderFolder]:
    with examples.changed(TENANT, {}):
        yield examples


def write(examples: ProviderFolder, written: str, number: int) -> None:
    """A change for core, database and edge, another one for each number."""
    text = written.replace(TIMEOUT, f"timeout: {120 + number}s").replace(EXTENSION, f"extension: {190 + number % 9}")
    examples.tenant(TENANT).write_text(text, encoding="utf-8")


def told(examples: ProviderFolder) -> list[str]:
    """The lines of progress of a run to its end."""
    run = examples.begin("apply", "--yes")
    assert run.stderr is not None
    lines = list(run.stderr)
    assert run.wait(60) == 0, lines
    return lines


def killed_at(examples: ProviderFolder, line: int) -> bool:
    """Whether the run was killed as it told that line; one that heals tells others, and may tell less."""
    run = examples.begin("apply", "--yes")
    assert run.stderr is not None
    for number, _ in enumerate(run.stderr):
        if number == line:
            os.killpg(run.pid, signal.SIGKILL)
            break
    return run.wait(120) == -signal.SIGKILL


def whole(examples: ProviderFolder, number: int) -> None:
    """The next run does what is left, and leaves what an undisturbed one would."""
    assert examples.apply()[STACK] in ("applied", "unchanged")
    assert set(examples.apply().values()) == {"unchanged"}
    changed = changed_by_a_further_run(examples, STACK)
    assert not any(changed.values()), changed
    assert leftovers(examples) == []
    queues = examples.run("core", f"cat /etc/asterisk/pbx/tenants/{TENANT}/queues.conf")
    assert queues
    rows = " ".join(examples.held(TENANT)["rows"])
    assert f'"{190 + number % 9}"' in rows
    running = examples.asterisk(f"dialplan show {TENANT}.queue.nurse")
    assert str(120 + number) in running
    assert examples.pbx("drift", TENANT) == "no drift\n"


@pytest.mark.parametrize("begin", range(0, POINTS, AT_A_TIME))
def test_killed_at_any_step_and_repeated_ends_as_undisturbed(tenant: ProviderFolder, begin: int) -> None:
    written = tenant.tenant(TENANT).read_text(encoding="utf-8")
    assert TIMEOUT in written
    assert EXTENSION in written
    write(tenant, written, 100 + begin)
    lines = told(tenant)
    assert len(lines) > 8, lines
    killed = 0
    points = range(begin, begin + AT_A_TIME)
    for point in points:
        write(tenant, written, point)
        killed += killed_at(tenant, point * len(lines) // POINTS)
    whole(tenant, points[-1])
    assert killed >= AT_A_TIME * 2 // 3, f"{killed} of {AT_A_TIME} were killed: {lines}"


def test_the_network_is_cut_in_the_middle(tenant: ProviderFolder) -> None:
    """The core's cable is pulled while the bundle is being laid down, and put back: the repeat does what is left."""
    written = tenant.tenant(TENANT).read_text(encoding="utf-8")
    write(tenant, written, 40)
    hub = topology.hub(tenant.lab.name)
    cable = ["ip", "-n", hub, "link", "set", "private-core"]
    run = tenant.begin("apply", "--yes")
    assert run.stderr is not None
    said = []
    for line in run.stderr:
        said.append(line)
        if "Bundle, checked by Asterisk" in line:
            subprocess.run([*cable, "down"], check=True)
            break
    drained = threading.Thread(target=lambda: said.extend(run.stderr or ()))
    drained.start()
    started = time.monotonic()
    try:
        assert run.wait(180) == 1, said
    finally:
        subprocess.run([*cable, "up"], check=True)
    drained.join()
    assert time.monotonic() - started < 120
    whole(tenant, 40)
