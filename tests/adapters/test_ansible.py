"""Ansible behind the port: real runs on this machine, and what a failure says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.ansible import failures
from provisioner.adapters.ansible.runner import AnsiblePlaybooks
from provisioner.core.deployment import Event, HostResult, Play, PlayFailed
from provisioner.core.errors import PbxError

INVENTORY = """\
all:
  hosts:
    here: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3}
    gone: {ansible_host: 198.18.127.254, ansible_ssh_common_args: "-o ConnectTimeout=1"}
"""
PLAYBOOK = """\
- hosts: "{{ who }}"
  gather_facts: false
  tasks:
    - name: Write it
      ansible.builtin.copy:
        dest: "{{ target }}"
        content: "{{ lookup('file', quiet) }} {{ lookup('file', pbx_overlay + '/sub/pin.conf') }}"
        mode: "0600"
    - name: Check it
      ansible.builtin.fail: {msg: "No space left on device"}
      when: full | default(false)
"""


@pytest.fixture
def playbooks(tmp_path: Path) -> AnsiblePlaybooks:
    (tmp_path / "inventory.yml").write_text(INVENTORY, encoding="utf-8")
    (tmp_path / "write.yml").write_text(PLAYBOOK, encoding="utf-8")
    return AnsiblePlaybooks(tmp_path / "inventory.yml", tmp_path, tmp_path)


def play(tmp_path: Path, **more: str | bool) -> Play:
    variables = {"who": "here", "target": str(tmp_path / "out"), **more}
    return Play("write.yml", variables, {"quiet": "hush"}, {"sub/pin.conf": "1234"})


def test_what_would_be_changed_is_told_and_nothing_is(tmp_path: Path, playbooks: AnsiblePlaybooks) -> None:
    (result,) = playbooks.run(replace(play(tmp_path), check=True), lambda _: None)
    assert (result.tasks, result.about) == (("Write it",), {"Write it": frozenset({"out"})})
    assert not (tmp_path / "out").exists()


def test_result_is_truthful_and_private_files_are_gone(tmp_path: Path, playbooks: AnsiblePlaybooks) -> None:
    events: list[Event] = []
    assert playbooks.run(play(tmp_path), events.append) == (
        HostResult("here", 1, 1, ("Write it",), about={"Write it": frozenset({"out"})}),
    )
    assert playbooks.run(play(tmp_path), events.append) == (HostResult("here", 1, 0),)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "hush 1234"
    assert Event("Write it", host="here") in events
    assert not list(Path("/dev/shm").glob(f"pbx-play-{os.getpid()}-*"))


def test_what_a_killed_run_left_is_ended_by_the_next(tmp_path: Path, playbooks: AnsiblePlaybooks) -> None:
    """Its folder, and a process of Ansible's that waits for somebody who is no more; not those of runs that go on."""
    owner = subprocess.Popen(["true"])
    owner.wait()
    folder = Path(tempfile.mkdtemp(prefix=f"pbx-play-{owner.pid}-", dir="/dev/shm"))
    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen([*waits, f"@{folder}/variables.json"]) as left,
        subprocess.Popen([*waits, f"@/dev/shm/pbx-play-{os.getpid()}-of-ours/variables.json"]) as ours,
    ):
        playbooks.run(play(tmp_path), lambda _: None)
        assert left.wait(10) == -signal.SIGKILL
        assert not folder.exists()
        assert ours.poll() is None
        ours.kill()


def test_failed_task_names_host_task_and_remedy(tmp_path: Path, playbooks: AnsiblePlaybooks) -> None:
    with pytest.raises(PlayFailed) as raised:
        playbooks.run(play(tmp_path, full=True), lambda _: None)
    assert raised.value.message == "host here, task “Check it”: No space left on device"
    assert raised.value.remedy.startswith("make room on here")
    assert [(each.host, each.tasks) for each in raised.value.results] == [("here", ("Write it",))], "done until then"


def test_unreachable_host_is_named(tmp_path: Path, playbooks: AnsiblePlaybooks) -> None:
    with pytest.raises(PlayFailed) as raised:
        playbooks.run(play(tmp_path, who="gone"), lambda _: None)
    assert raised.value.message.startswith("host gone cannot be reached")
    assert "gone is up" in raised.value.remedy


def test_missing_inventory_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(PbxError, match="is not there") as raised:
        AnsiblePlaybooks(tmp_path / "none.yml", tmp_path).run(play(tmp_path), lambda _: None)
    assert "pbx lab up" in raised.value.remedy


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("No package matching 'asterisk' is available", "package source"),
        ("E: Unable to locate package asterisk", "package source"),
        ("root@h: Permission denied (publickey).", "SSH key"),
        ("OSError: [Errno 28] No space left on device", "make room on h"),
        ("line 7 is wrong", "journalctl"),
    ],
)
def test_remedy_fits_the_words(words: str, advice: str) -> None:
    assert advice in failures.remedy(words, "h")


def test_hidden_output_stays_hidden() -> None:
    event = {"event_data": {"host": "h", "task": "t", "res": {"censored": "hidden", "msg": "hunter2"}}}
    assert "hunter2" not in failures.explain(event).message
