"""Trouble while `pbx apply` works: it is told with host and way out, ends by the table of codes, and a repeat heals.

Real trouble on real machines. Each test ends with the examples as an undisturbed run leaves them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.deploy.full_disk import full_disk
from tests.lab.deploy.test_apply import TENANT, changed_by_a_further_run, secrets_kept
from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

STACK = f"lab.tenant.{TENANT}"
QUEUE = {"timeout: 120s": "timeout: 95s"}
"""A change for the core alone."""
USER = {"extension: 190": "extension: 191"}
"""A change for the core, the database and the edge."""
MANY_USERS = {
    "\nusers:\n": "\nusers:\n"
    + "".join(
        f"  extra{number}: {{name: E {number}, extension: {number}, plan: basic, devices: {{desk: {{kind: desk}}}}, "
        'forwarding: {no_answer: "hangup:unavailable"}}\n'
        for number in range(70000, 70400)
    )
}
"""More telephones than there are free places in the database's files."""


def stopped(examples: ProviderFolder, code: int, **environment: str) -> dict[str, Any]:
    """The error of the tenant's stack, or of the whole command, of an apply that must end with this code."""
    done = examples.try_pbx("apply", "--yes", "--format", "json", **environment)
    told = f"ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    assert done.returncode == code, told
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    if "error" in document:
        error: dict[str, Any] = document["error"]
        return error
    errors = {each["stack"]: each["error"] for each in document["stacks"] if each["error"]}
    assert set(errors) == {STACK}, told
    assert secrets_kept(examples) == [], "what failed is kept too, and holds no secret either"
    return dict(errors[STACK])


def heals(examples: ProviderFolder) -> None:
    """The next run does what is left, and what it leaves is whole."""
    assert examples.apply()[STACK] == "applied"
    assert set(examples.apply().values()) == {"unchanged"}
    changed = changed_by_a_further_run(examples, STACK)
    assert not any(changed.values()), changed
    assert leftovers(examples) == []


def leftovers(examples: ProviderFolder) -> list[str]:
    """Half-written things beside the provider's files."""
    return [str(each) for each in (examples.path / ".pbx").rglob("*.new-*")]


def names(error: dict[str, Any], *words: str) -> None:
    whole = f"{error['message']} – {error['remedy']}"
    for word in words:
        assert word in whole, whole


def test_the_disk_of_the_core_is_full(examples: ProviderFolder) -> None:
    with (
        examples.changed(TENANT, QUEUE),
        full_disk(examples.lab, "core", "/etc/asterisk") as make_room,
    ):
        before = examples.asterisk("dialplan show")
        error = stopped(examples, 1)
        names(error, "host core", "No space left on device", "make room on core", "`pbx apply` again")
        assert examples.asterisk("dialplan show") == before, "what ran goes on running"
        make_room()
        heals(examples)


def test_the_database_does_not_answer(examples: ProviderFolder) -> None:
    """The core has its part by then, so this is half an apply."""
    with examples.changed(TENANT, USER):
        examples.run("data", "systemctl stop postgresql 'postgresql@*'")
        try:
            error = stopped(examples, 5)
        finally:
            examples.run("data", "systemctl start postgresql")
        names(error, "host data", "PostgreSQL", "mend the cause on data", "`pbx apply` again")
        heals(examples)


def test_the_disk_of_the_database_is_full(examples: ProviderFolder) -> None:
    daemon = examples.run("data", "systemctl list-units --plain --no-legend 'postgresql@*'").split()[0]
    with (
        examples.changed(TENANT, MANY_USERS),
        full_disk(examples.lab, "data", "/var/lib/postgresql", spare=48, daemon=daemon) as make_room,
    ):
        error = stopped(examples, 5)
        names(error, "host data", "No space left on device", "make room on data", "`pbx apply` again")
        make_room()
        heals(examples)


def test_a_machine_lacks_a_package_and_cannot_get_it(examples: ProviderFolder) -> None:
    known, provider = "/var/lib/dpkg/status", examples.path / "provider.yaml"
    written = provider.read_text(encoding="utf-8")
    examples.run("edge", f"cp -p {known} {known}.kept && sed -i '/^Package: kamailio$/,/^$/d' {known}")
    try:
        provider.write_text(written.replace("port: 5062", "port: 5064"), encoding="utf-8")
        done = examples.try_pbx("apply", "--yes")
    finally:
        examples.run("edge", f"mv {known}.kept {known}")
    try:
        assert done.returncode == 1, done.stdout + done.stderr
        assert "host edge" in done.stdout
        assert "kamailio" in done.stdout
        assert "give edge a package source that has it" in done.stdout, done.stdout
        assert examples.apply()["lab.platform"] == "applied"
        changed = changed_by_a_further_run(examples, "platform")
        assert changed
        assert not any(changed.values()), changed
    finally:
        provider.write_text(written, encoding="utf-8")
        examples.pbx("apply", "--yes")


def test_a_machine_is_gone(examples: ProviderFolder) -> None:
    lab = examples.lab
    with examples.changed(TENANT, QUEUE):
        lab.run("core", ["systemctl", "poweroff", "--force", "--force"], timeout=10)
        while next(each for each in lab.status().machines if each.name == "core").alive:
            pass
        try:
            error = stopped(examples, 1)
        finally:
            lab.up()
        names(error, "host core cannot be reached", "check that core is up", "`pbx apply` again")
        heals(examples)


def test_the_lock_of_a_killed_engine_is_released(examples: ProviderFolder) -> None:
    with examples.changed(TENANT, QUEUE):
        run = examples.begin("apply", "--yes")
        assert run.stderr is not None
        for line in run.stderr:
            if "update CoreBundle core" in line:
                break
        os.killpg(run.pid, signal.SIGKILL)
        run.wait(60)
        state = examples.path / ".pbx" / "state"
        assert list(state.rglob("locks/**/*.json")), "the dead engine's lock is what this is about"
        done = examples.try_pbx("apply", "--yes")
        assert done.returncode == 0, done.stderr
        assert "released the lock of a dead run" in done.stderr
        assert not list(state.rglob("locks/**/*.json"))
        assert set(examples.apply().values()) == {"unchanged"}


def test_the_engine_cannot_be_got(examples: ProviderFolder, tmp_path: Path) -> None:
    """Not on PATH, not in the cache, no way to fetch it, and no module proxy to build it from."""
    gone = {
        "PATH": without("pulumi", tmp_path / "bin"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "https_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "GOPROXY": "off",
        "GOMODCACHE": str(tmp_path / "modules"),
    }
    with examples.changed(TENANT, QUEUE):
        names(stopped(examples, 1, **gone), "GOPROXY", "put a pulumi", "on PATH")
        assert list((tmp_path / "cache").rglob("pulumi")) == [tmp_path / "cache" / "pbx" / "pulumi"]
        heals(examples)


def without(tool: str, folder: Path) -> str:
    """A PATH that offers everything but this tool."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for each in Path(place).glob("*"):
            if each.name != tool:
                (folder / each.name).unlink(missing_ok=True)
                (folder / each.name).symlink_to(each)
    return str(folder)


def fill(file: Path) -> None:
    """Writes until the disk is full to the last byte."""
    with file.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(4096))


@pytest.fixture
def full_state(examples: ProviderFolder) -> Iterator[Path]:
    """`.pbx` on a disk of its own that is full. Yields the file whose end makes room.

    A disk that is full for the engine alone is tried in tests/adapters/test_engine.py: here who misses room first
    differs from run to run.
    """
    folder, kept = examples.path / ".pbx", examples.path / ".pbx-kept"
    folder.rename(kept)
    folder.mkdir()
    size = 4096 * sum(each.stat().st_size // 4096 + 2 for each in kept.rglob("*")) + (16 << 20)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", str(folder)], check=True)
        filler = folder / "filler"
        fill(filler)
        yield filler
        filler.unlink(missing_ok=True)
        subprocess.run(["find", str(kept), "-mindepth", "1", "-delete"], check=True)
        subprocess.run(["cp", "-a", f"{folder}/.", str(kept)], check=True)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
        kept.rename(folder)


def test_the_disk_of_the_state_is_full(examples: ProviderFolder, full_state: Path) -> None:
    with examples.changed(TENANT, QUEUE):
        names(stopped(examples, 1), str(full_state.parent), "o space left on device", "free some space on")
        full_state.unlink()
        heals(examples)
