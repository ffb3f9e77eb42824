"""Secrets planted before a full run stand in no plan, output, log, state, bundle or process list afterwards.

Processes of the lab's machines are processes of this one, so one list shows them all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab.deploy.test_apply import TENANT, holds, secrets_kept
from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

PLANTED = {
    f"devices/{TENANT}/anna-desk": "pLanted7desk4Qw9",
    "devices/nordverk/erik-desk": "pLanted8desk5Zx3",
    "nordverk/pin/user-frida": "739152",
}
MACHINES = ("data", "edge", "core")
LOGS = (
    "journalctl --no-pager --output=cat --since=@{since}; find /var/log -type f ! -path '*/journal/*' -exec cat {{}} +"
)


@dataclass
class Watched:
    """Command lines of all processes that were seen."""

    lines: set[bytes] = field(default_factory=set)

    def look(self) -> None:
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.lines.add(each.read_bytes())
            except OSError:
                continue


@contextmanager
def watched() -> Iterator[Watched]:
    seen, stop = Watched(), threading.Event()

    def run() -> None:
        while not stop.is_set():
            seen.look()
            time.sleep(0.01)

    watcher = threading.Thread(target=run)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


@pytest.fixture
def planted(examples: ProviderFolder) -> Iterator[Mapping[str, str]]:
    """Values put in place of three that the platform has; afterwards the old ones are back in force."""
    secrets = examples.deployment().secrets
    before = {handle: secrets.get(handle) for handle in PLANTED}
    try:
        for handle, value in PLANTED.items():
            secrets.set(handle, value)
        yield PLANTED
    finally:
        for handle, value in before.items():
            secrets.set(handle, value)
        examples.pbx("apply", "--yes")


def run_of(examples: ProviderFolder, folder: Path) -> dict[str, bytes]:
    """A full run, and all that it said and wrote: command → what it printed, file → what is in it."""
    found = {}
    plan = str(folder / "plan.json")
    forms = [("plan", "--format", form) for form in ("text", "json", "markdown", "html")]
    ends = [
        ("drift",),
        ("history", TENANT),
        ("audit", "verify"),
        ("render", "nordverk"),
        ("lock", "ls"),
        ("secret", "ls"),
    ]
    for words in (
        *forms,
        ("plan", "--out", plan),
        ("apply", plan, "--format", "json"),
        ("apply", "--yes"),
        ("secret", "ls"),
        *ends,
    ):
        done = examples.try_pbx(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        found[" ".join(words[:3])] = (done.stdout + done.stderr).encode()
    found[plan] = Path(plan).read_bytes()
    return found


def where(planted: Mapping[str, str], found: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Which planted secret stands in what."""
    return [(handle, name) for name, text in found.items() for handle, value in planted.items() if holds(text, value)]


def test_planted_secrets_stand_nowhere(examples: ProviderFolder, planted: Mapping[str, str], tmp_path: Path) -> None:
    since = int(time.time()) - 1
    before = examples.held(TENANT)["rows"]
    with watched() as seen:
        said = run_of(examples, tmp_path)
        examples.lab.run("core", ["sh", "-c", "sleep 0.3", "planted-in-a-process-list"])
    assert "rotated: devices/anna-desk" in said["plan --format text"].decode()
    assert examples.held(TENANT)["rows"] != before, "they are in force"

    logs = {name: examples.run(name, LOGS.format(since=since)).encode() for name in MACHINES}
    assert all(len(each) > 1000 for each in logs.values()), "there are logs to look at"
    assert any(b"ansible-playbook" in line for line in seen.lines)
    assert any(b"planted-in-a-process-list" in line for line in seen.lines), "processes of machines are seen"
    processes = {line.replace(b"\0", b" ").decode(errors="replace"): line for line in seen.lines}
    assert where(planted, said) == []
    assert where(planted, logs) == []
    assert where(planted, processes) == []
    assert secrets_kept(examples) == []


def test_what_is_looked_for_would_be_found(examples: ProviderFolder, planted: Mapping[str, str]) -> None:
    desk, pin = planted[f"devices/{TENANT}/anna-desk"], planted["nordverk/pin/user-frida"]
    told = {"a": f"password {desk}.".encode(), "b": f"[{pin}]".encode(), "c": f"0{pin}".encode()}
    assert where(planted, told) == [(f"devices/{TENANT}/anna-desk", "a"), ("nordverk/pin/user-frida", "b")]
    left = examples.path / ".pbx" / "left-by-a-test"
    left.write_text(desk, encoding="utf-8")
    try:
        assert secrets_kept(examples) == [(f"devices/{TENANT}/anna-desk", left)]
    finally:
        left.unlink()
