"""Recorded calls on a node: sealed, listed, handed out and forgotten by the node's own program."""

from __future__ import annotations

import base64
import json
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyrage
import pytest

from provisioner.adapters.secrets.sealing import opened, recipient
from provisioner.core.errors import PbxError

PROGRAM = Path(__file__).parents[2] / "roles/asterisk/files/recordings.py"
IDENTITY = str(pyrage.x25519.Identity.generate())
SOUND = bytes(range(256)) * 125
"""Two seconds."""
CALL = "on-demand_bo_bo_+46701740641_in_1790000000_core-1790000000.7"
ID = "1790000000-core-1790000000.7"
AGE = f"""#!{sys.executable}
import sys, pyrage
from pathlib import Path
_, _, key, _, out, plain = sys.argv[1:]
sealed = pyrage.encrypt(Path(plain).read_bytes(), [pyrage.x25519.Recipient.from_str(key)])
Path(out).write_bytes(sealed)
"""
"""Debian's age, as the program calls it."""


class Node:
    """The program with folders of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.tenants = home / "recordings", home / "tenants"
        (self.home / ".open/acme").mkdir(parents=True)
        (self.tenants / "acme").mkdir(parents=True)
        self.keeps(30)
        text = PROGRAM.read_text()
        for name, path in (("HOME", self.home), ("TENANTS", self.tenants)):
            begin = text.index(f'\n{name} = Path("') + 1
            text = text[:begin] + f"{name} = Path({str(path)!r})" + text[text.index("\n", begin) :]
        self.program = home / "recordings.py"
        self.program.write_text(text)
        age = home / "bin/age"
        age.parent.mkdir()
        age.write_text(AGE)
        age.chmod(0o755)
        self.path = f"{age.parent}:{os.environ['PATH']}"

    def keeps(self, days: int) -> None:
        facts = {"recipient": recipient(IDENTITY), "retention": days}
        (self.tenants / "acme/recording.json").write_text(json.dumps(facts))

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, str(self.program), *words],
            capture_output=True, text=True, check=False, env={**os.environ, "PATH": self.path},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout

    def record(self, name: str, sound: bytes = SOUND) -> Path:
        path = self.home / ".open/acme" / f"{name}.sln"
        path.write_bytes(sound)
        return path

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("list", "acme"))
        return found

    def log(self) -> list[tuple[str, str, str]]:
        return [(each["who"], each["what"], each["reason"]) for each in json.loads(self.run("log", "acme"))]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_what_is_kept_is_sealed_and_the_plain_file_gone(node: Node) -> None:
    plain = node.record(f"{CALL}_1")
    node.run("keep", str(plain))
    assert not plain.exists()
    (sealed,) = (node.home / "acme").glob("*.age")
    assert sealed.stat().st_mode & 0o777 == 0o640
    assert opened(sealed.read_bytes(), IDENTITY) == SOUND
    with pytest.raises(PbxError, match="another key"):
        opened(sealed.read_bytes(), str(pyrage.x25519.Identity.generate()))
    assert node.listed() == [
        {
            "id": ID, "at": 1790000000, "reason": "on-demand", "name": "bo", "user": "bo",
            "number": "+46701740641", "direction": "in", "seconds": 2.0,
        }
    ]  # fmt: skip


def test_parts_of_one_recording_are_handed_out_in_order(node: Node) -> None:
    for part in (2, 10, 1):
        node.run("keep", str(node.record(f"{CALL}_{part}", bytes([part]) * 16000)))
    (found,) = node.listed()
    assert found["seconds"] == 3.0
    parts = [opened(base64.b64decode(each), IDENTITY)[0] for each in json.loads(node.run("get", "acme", ID, "anna"))]
    assert parts == [1, 2, 10]
    node.run("refused", "acme", ID, "bo")
    node.run("delete", "acme", ID, "anna", "asked for by the caller")
    assert node.listed() == []
    assert not list((node.home / "acme").glob("*.age"))
    assert node.log() == [
        ("anna", "get", ""), ("bo", "refused", ""), ("anna", "delete", "asked for by the caller"),
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_what_is_not_there_is_neither_handed_out_nor_noted(node: Node, verb: str) -> None:
    node.run("keep", str(node.record(f"{CALL}_1")))
    node.run(verb, "acme", "1-2", "anna", *(["why"] if verb == "delete" else []), code=1)
    assert node.log() == []


def test_a_recording_in_which_nobody_spoke_leaves_nothing(node: Node) -> None:
    node.run("keep", str(node.record(f"{CALL}_1", b"")))
    assert node.listed() == []
    assert not list(node.home.glob("acme/*.age"))
    assert not list((node.home / ".open/acme").iterdir())


def test_the_sweep_leaves_what_is_being_written(node: Node) -> None:
    left, writing = node.record(f"{CALL}_1"), node.record(CALL.replace("1790000000", "1790000001") + "_1")
    own = runpy.run_path(str(node.program))
    own["sweep"].__globals__["being_written"] = lambda: {writing}
    os.environ["PATH"], before = node.path, os.environ["PATH"]
    try:
        own["sweep"]()
    finally:
        os.environ["PATH"] = before
    assert not left.exists()
    assert writing.exists()
    assert [each["id"] for each in node.listed()] == [ID]


def test_a_file_that_no_key_seals_stays_and_the_others_are_sealed(node: Node) -> None:
    other = node.home / ".open/gone" / f"{CALL}_1.sln"
    other.parent.mkdir()
    other.write_bytes(SOUND)
    node.record(f"{CALL}_1")
    node.run("sweep")
    assert other.exists()
    assert len(node.listed()) == 1


def test_the_last_key_serves_a_tenant_that_records_no_more(node: Node) -> None:
    node.run("keep", str(node.record(f"{CALL}_1")))
    (node.tenants / "acme/recording.json").unlink()
    node.run("keep", str(node.record(f"{CALL}_2")))
    assert node.listed()[0]["seconds"] == 4.0


@pytest.mark.parametrize(("age", "kept"), [(29.9, True), (30.1, False)])
def test_recordings_are_deleted_after_the_days_of_the_file(node: Node, age: float, kept: bool) -> None:
    node.run("keep", str(node.record(f"{CALL}_1")))
    (sealed,) = (node.home / "acme").glob("*.age")
    then = time.time() - age * 86400
    os.utime(sealed, (then, then))
    node.run("sweep")
    assert sealed.exists() is kept
    assert bool(node.listed()) is kept
    assert node.log() == ([] if kept else [("the platform", "delete", "older than 30 days")])


@pytest.mark.parametrize("file", ["/etc/passwd", "{home}/acme/index.sqlite3"])
def test_nothing_but_a_recording_is_kept(node: Node, file: str) -> None:
    node.run("keep", file.format(home=node.home), code=1)
