"""A real Asterisk for tests of dialplan text: started from the lab's image in namespaces of its own, without network.

It places calls and is ended with the test; nothing is left mounted, for the mounts die with their namespace.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

HOME = "pbx-test"
MODULES = (
    "pbx_config", "app_stack", "app_celgenuserevent", "app_verbose", "app_exec", "func_strings", "func_logic",
    "func_db", "func_math", "func_channel", "func_devstate", "func_dialplan", "func_cut", "func_rand",
    "res_clioriginate", "res_timing_timerfd",
    "app_originate", "app_playback", "app_senddtmf", "app_queue", "app_dial", "res_musiconhold", "format_wav",
)  # fmt: skip


def image() -> Path:
    """A root file system that holds Asterisk; the test is skipped where there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pbx" / "images"
    named = os.environ.get("PBX_TEST_IMAGE")
    for root in [Path(named)] if named else sorted(cache.glob("*")):
        if (root / "usr/sbin/asterisk").is_file():
            return root
    pytest.skip("no lab image yet: run `pbx lab up` once, or set PBX_TEST_IMAGE to a root file system with Asterisk")


def log_of_call(folder: Path, dialplan: str, dialled: str, until: str, seconds: float = 60) -> str:
    """As `log_of_calls`, for one call through a dialplan."""
    call = f"Local/{dialled} application Wait 1"
    return log_of_calls(folder, {"extensions.conf": dialplan}, [call], until, seconds)


def log_of_calls(folder: Path, files: dict[str, str], calls: list[str], until: str, seconds: float = 60) -> str:
    """Everything that Asterisk logged until the text `until` stood in its log as often as there are calls.

    `files` are its configuration; each call is what `channel originate` is given.
    """
    home = folder / "upper" / HOME
    for each in (folder / "work", folder / "root", home / "run", home / "log"):
        each.mkdir(parents=True)
    _write(home, files, calls)
    script = (
        f"mount -t overlay overlay -o lowerdir={image()},upperdir={folder}/upper,workdir={folder}/work {folder}/root"
        f" && exec chroot {folder}/root asterisk -f -C /{HOME}/asterisk.conf"
    )
    alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    with (folder / "console").open("wb") as console:
        process = subprocess.Popen([*alone, "sh", "-c", script], stdout=console, stderr=console)
        try:
            return _wait(process, home / "log" / "all", folder / "console", until, len(calls), seconds)
        finally:
            process.kill()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], log: Path, console: Path, until: str, times: int, seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        text = log.read_text() if log.exists() else ""
        if text.count(until) >= times:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{until!r} was not logged within {seconds} s:\n{console.read_text()[-3000:]}")


def _write(home: Path, own: dict[str, str], calls: list[str]) -> None:
    folders = {"astetcdir": "", "astdbdir": "", "astspooldir": "", "astrundir": "/run", "astlogdir": "/log"}
    files = {
        "asterisk.conf": "[directories]\n" + "".join(f"{key} => /{HOME}{end}\n" for key, end in folders.items()),
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={each}.so\n" for each in MODULES),
        "logger.conf": "[logfiles]\nall => notice,warning,error\n",
        "cli.conf": "[startup_commands]\n" + "".join(f"channel originate {each} = yes\n" for each in calls),
        "cel.conf": "[general]\nenable=yes\napps=all\nevents=ALL\n",
        **own,
    }
    for name, text in files.items():
        (home / name).write_text(text)
