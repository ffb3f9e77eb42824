"""How a core node's modules ask Asterisk: at its socket, several commands at a time, as many as it reads at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.roles.on_a_machine import load

pbx_asterisk = load("asterisk_common/module_utils", "pbx_asterisk")
pbx_running = load("asterisk_common/module_utils", "pbx_running")


@contextmanager
def daemon(path: Path, answers: list[bytes]) -> Iterator[list[bytes]]:
    """Reads once from each who connects, as the daemon does, and answers with the next of these."""
    heard: list[bytes] = []
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def serve() -> None:
        for answer in answers:
            console, _ = server.accept()
            with console:
                console.sendall(b"core/4711/22.10.0\n")
                heard.append(console.recv(512))
                console.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield heard
        thread.join(10)
    finally:
        server.close()


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "asterisk.ctl"
    monkeypatch.setattr(pbx_asterisk, "SOCKET", path)
    return path


def test_an_answer_comes_without_the_daemons_name(console: Path) -> None:
    with daemon(console, [b"line 1\nline 2\n"]) as heard:
        assert pbx_asterisk.ask("core show uptime") == "line 1\nline 2\n"
    assert heard == [b"cli quit after core show uptime\0"]


def test_many_commands_go_in_as_few_pieces_as_the_daemon_reads(console: Path) -> None:
    commands = [f"database put pbx/tenant-{number:03} in-line/queue begun" for number in range(30)]
    with daemon(console, [b"a", b"b", b"c"]) as heard:
        assert pbx_asterisk.ask_at_once(commands) == "abc"
    assert all(len(each) <= 512 for each in heard)
    said = [each.removeprefix(b"cli quit after ").split(b"\0")[:-1] for each in heard]
    assert [each.decode() for some in said for each in some] == commands


def test_who_does_not_answer_is_told(console: Path) -> None:
    with pytest.raises(pbx_asterisk.Refused, match="asterisk does not answer to “core show uptime”"):
        pbx_asterisk.ask("core show uptime")
    with pytest.raises(pbx_asterisk.Refused, match="longer than asterisk reads"):
        pbx_asterisk.ask("x" * 600)
    assert not console.exists()


def test_a_daemon_that_hangs_is_a_refusal(console: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(console))
        listening.listen()
        with pytest.raises(pbx_asterisk.Refused, match="asterisk does not answer to “core show uptime”: timed out"):
            pbx_asterisk.ask("core show uptime", seconds=0.1)


@pytest.mark.parametrize(
    ("shown", "keys"),
    [
        ("/pbx/acme/in-line/queue                           : begun\n1 results found.\n", ["/pbx/acme/in-line/queue"]),
        ("/pbx/acme/in-line/queue                           : 1764000000\n1 results found.\n", []),
        ("0 results found.\n", []),
    ],
)
def test_who_has_still_to_take_his_place(shown: str, keys: list[str]) -> None:
    assert pbx_running.begun(shown) == keys
