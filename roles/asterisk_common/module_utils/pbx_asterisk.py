"""What a core node's modules share: asking Asterisk, letting it check files, and files that change at once or not.

The check is made by Asterisk itself: a second instance with its own folders, no network and only the modules needed
reads the staged files, and its warnings and errors become ours. The running daemon knows nothing of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import grp
import hashlib
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ETC = Path("/etc/asterisk")
PBX = ETC / "pbx"
LOCK = Path("/run/lock/pbx-asterisk.lock")
CHECK_SECONDS = 60
SOCKET = Path("/run/asterisk/asterisk.ctl")
_QUIT_AFTER = b"cli quit after "
MOST = 512 - len(_QUIT_AFTER)
"""Bytes of commands that the daemon reads at once."""


class Refused(Exception):
    """Nothing was changed, or what was changed was taken back; the text says why."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def ask(command: str, seconds: float = 60) -> str:
    """What the running daemon answers to a console command."""
    return ask_at_once([command], seconds)


def ask_at_once(commands: Sequence[str], seconds: float = 60) -> str:
    """What the daemon answers to commands one after the other, all answers in one text.

    Asked at its own socket, as `asterisk -rx` does (netconsole in main/asterisk.c), which spares a process each and
    takes several at a time. Raises Refused where it does not answer.
    """
    told = ""
    try:
        for some in _readable(commands):
            told += _said_to(b"".join(each + b"\0" for each in some), seconds)
    except OSError as error:
        raise Refused(f"asterisk does not answer to “{commands[0]}”: {error.strerror or error}") from error
    return told


def _readable(commands: Sequence[str]) -> Iterator[list[bytes]]:
    """As many at a time as the daemon reads at once."""
    some: list[bytes] = []
    for each in (command.encode() for command in commands):
        if len(each) + 1 > MOST:
            raise Refused(f"the command is longer than asterisk reads: {each[:60].decode(errors='replace')}…")
        if some and sum(map(len, some)) + len(some) + len(each) + 1 > MOST:
            yield some
            some = []
        some.append(each)
    if some:
        yield some


def _said_to(commands: bytes, seconds: float) -> str:
    answer = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as console:
        console.settimeout(seconds)
        console.connect(str(SOCKET))
        while b"\n" not in answer:  # it names itself first
            if not (part := console.recv(4096)):
                raise ConnectionError("it has closed its console")
            answer += part
        console.sendall(_QUIT_AFTER + commands)
        while part := console.recv(65536):
            answer += part
    return answer.partition(b"\n")[2].decode(errors="replace")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One change of the node's files at a time; the lock dies with its holder."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def folder(path: Path, mode: int = 0o750, user: str = "root", group: str = "asterisk") -> Path:
    settle(path, mode, user, group)
    return path


def settle(path: Path, mode: int, user: str = "root", group: str = "asterisk", *, try_only: bool = False) -> bool:
    """Makes the folder what it shall be; whether that was a change."""
    owner = _owner(user, group)
    found = path.stat() if path.is_dir() else None
    if found and os.geteuid() not in (0, found.st_uid):
        return False  # where a pod's volume is mounted: the cluster's, who lets us write there
    if found and ((found.st_uid, found.st_gid), found.st_mode & 0o7777) == (owner, mode):
        return False
    if not try_only:
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, *owner)
        path.chmod(mode)
    return True


def _owner(user: str, group: str) -> tuple[int, int]:
    """In a pod everything is the daemon's own: nobody there is root, who could give it away."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    return pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid


def write(path: Path, content: bytes, mode: int = 0o640) -> None:
    """Writes a file that is there whole or not at all, readable by the daemon only; `settled` makes it last."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchown(stream.fileno(), *_owner("root", "asterisk"))
            os.fchmod(stream.fileno(), mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def settled(path: Path) -> None:
    """Everything written to this file system outlives a power cut: once for all files, for each one is slow."""
    subprocess.run(["sync", "--file-system", str(path)], check=True)


def read_json(path: Path) -> dict:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


_STUBS = {
    "asterisk.conf": "",
    "logger.conf": "[general]\ndateformat=%s\n[logfiles]\ncheck.log => warning,error,verbose(2)\n",
    "stasis.conf": "[threadpool]\n",
    "cdr.conf": "[general]\nenable=no\n",
    "cel.conf": "[general]\nenable=no\n",
    "ccss.conf": "[general]\n",
    "features.conf": "[general]\n",
    "acl.conf": "",
    "udptl.conf": "[general]\n",
    "indications.conf": "[general]\ncountry=us\n[us]\ndescription=us\ndial=350+440\n",
}

_LINE = re.compile(r"^\[[^]]*\] (WARNING|ERROR)\[\d+\](?:\[[^]]*\])? ([\w./-]+): (.*)$")


def check(files: dict[str, str], modules: list[str], names: dict[str, str], address: str = "") -> list[str]:
    """What Asterisk says against the files of a configuration folder; empty where it takes them.

    `files` are added to the stubs that Asterisk cannot start without; `names` are pieces of paths that shall read
    differently in what is said. With an `address` the instance gets a network of its own that has it.
    """
    home = Path(tempfile.mkdtemp(prefix="pbx-check-", dir="/run"))
    try:
        home.chmod(0o755)
        etc = folder(home / "etc", 0o755)
        for name in ("lib", "log", "run", "spool"):
            folder(home / name, 0o755, user="asterisk")
        paths = {"etc": etc, "varlib": "lib", "db": "lib", "key": "lib", "spool": "spool", "run": "run", "log": "log"}
        places = "".join(f"ast{key}dir => {home / value}\n" for key, value in paths.items())
        loads = "".join(f"load = {each}.so\n" for each in modules)
        own = {"modules.conf": f"[modules]\nautoload = no\n{loads}"} if modules else {}
        logger = {"logger.conf": _STUBS["logger.conf"]}
        for name, text in {**_STUBS, **own, **files, **logger}.items():
            if name == "asterisk.conf":
                text = f"[directories]\n{places}{text}"
            (etc / name).write_text(text, encoding="utf-8")
        log = _run(home, address)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return _said(log, {f"{etc}/": "", **names})


def _run(home: Path, address: str) -> str:
    """Starts the instance, waits until it has read everything, ends it; returns its log."""
    start = ["asterisk", "-C", str(home / "etc/asterisk.conf"), "-f", "-n", "-vv", "-U", "asterisk", "-G", "asterisk"]
    if address:
        net = f'ip link set lo up && ip address add {address}/32 dev lo 2>/dev/null; exec "$@"'
        start = ["unshare", "--net", "--", "sh", "-c", net, "sh", *start]
    log = home / "log/check.log"
    with (home / "log/out").open("w+") as out:
        daemon = subprocess.Popen(start, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        try:
            ends = time.monotonic() + CHECK_SECONDS
            text = ""
            while time.monotonic() < ends and "Asterisk Ready" not in text:
                if daemon.poll() is not None:
                    out.seek(0)
                    raise Refused(
                        f"asterisk ended while it read the files: {out.read()[-2000:].strip()} {text[-2000:]}"
                    )
                time.sleep(0.02)
                text = log.read_text(errors="replace") if log.exists() else ""
        finally:
            daemon.kill()
            daemon.wait()
    if "Asterisk Ready" not in text:
        raise Refused(f"asterisk did not read the files within {CHECK_SECONDS} s; its log ends: {text[-2000:]}")
    return text


_BENIGN = (
    "No music on hold classes configured",
    "Some non-required modules failed to load",
)


_NOT_ABOUT_FILES = ("taskprocessor.c",)
"""Parts of Asterisk that complain of load only."""


def _said(log: str, names: dict[str, str]) -> list[str]:
    found = []
    for line in log.splitlines():
        match = _LINE.match(line)
        if not match or match[2] in _NOT_ABOUT_FILES or any(each in line for each in _BENIGN):
            continue
        text = match[3]
        for before, after in names.items():
            text = text.replace(before, after)
        found.append(text)
    return found


def sweep() -> None:
    """Removes what killed runs left behind; to be called while `alone`."""
    for left in Path("/run").glob("pbx-check-*"):
        if time.time() - left.stat().st_mtime > 2 * CHECK_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
