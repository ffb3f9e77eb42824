"""What is measured in a lab of its own: the way to the first call, a changed prompt, and Asterisk under many tenants.

Needs root. The lab's image and the engine may be in the cache already; the names of the figures say what is counted.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import folder
from .figures import Figure
from .processes import environment
from .registrations import registrations

ROOT = Path(__file__).parents[1]
PBX = str(Path(sys.executable).parent / "pbx")
LAB = "bench"
TENANTS = "/etc/asterisk/pbx/tenants"
MAILBOXES = ROOT / "roles/asterisk_common/module_utils/pbx_mailboxes.py"
LAY = f"""
lay({{home.name: read(home) for home in Path("{TENANTS}").glob("*")}})
"""
"""What the role does with the mailboxes of live tenants, for bundles that were not brought by it."""


def possible() -> str:
    """Why the lab cannot be measured here, or nothing."""
    if os.geteuid() != 0:
        return "the lab needs root"
    return "" if shutil.which("systemd-nspawn") else "systemd-nspawn is not installed"


def first_call() -> Iterator[Figure]:
    """From nothing running to a verified call, then the same apply again, then one changed prompt."""
    if reason := possible():
        print(f"skipped: {reason}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as home:
        here = examples(Path(home))
        try:
            up = timed("lab", "up", "--name", LAB)
            yield Figure("lab up, image in cache", up, "s", f"pbx lab up --name {LAB}")
            first = timed("apply", "--yes", cwd=here)
            yield Figure("first apply: platform and three tenants", first, "s", "pbx apply --yes")
            call = timed("verify", "--target", "solglantan", "--only", "ring_group.reception.answered", cwd=here)
            yield Figure(
                "nothing running to first verified call", round(up + first + call, 1), "s", "lab up, apply, verify"
            )
            again = timed("apply", "--yes", cwd=here)
            yield Figure("the same apply again", again, "s", "pbx apply --yes")
            yield prompt_changed(here)
            yield from registrations(LAB)
            yield from asterisk()
        finally:
            timed("lab", "down", "--name", LAB)


def examples(home: Path) -> Path:
    """The worked example, its environment pointed at the bench's lab."""
    unwanted = shutil.ignore_patterns(".pbx", "secrets")  # what an apply of the examples themselves left there
    here = Path(shutil.copytree(ROOT / "examples", home / "examples", ignore=unwanted))
    provider = here / "provider.yaml"
    text = provider.read_text(encoding="utf-8")
    provider.write_text(text.replace("{target: lab}", f"{{target: lab, lab: {LAB}}}"), encoding="utf-8")
    return here


def timed(*arguments: str, cwd: Path = ROOT) -> float:
    """Seconds that the command took; raises where it fails."""
    started = time.perf_counter()
    command = [PBX, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"error: pbx {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return round(time.perf_counter() - started, 2)


def prompt_changed(here: Path) -> Figure:
    """From the saved file to the running core; a call afterwards proves that the new words are heard."""
    file = here / "tenants/solglantan.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Jag hörde inget val.", "Jag hörde tyvärr inget val."), encoding="utf-8")
    seconds = timed("apply", "--yes", "--target", "solglantan", cwd=here)
    timed("verify", "--target", "solglantan", "--only", "ivr.main.no-key", cwd=here)
    return Figure("one prompt changed until the next caller hears it", seconds, "s", "pbx apply --yes -t solglantan")


def asterisk() -> Iterator[Figure]:
    """Boot, reload of the dialplan and memory of the lab's Asterisk with the bundles of many tenants."""
    core(f"mkdir -p /root/kept && mv {TENANTS}/* /root/kept/")
    for tenants in (10, 200, 1000):
        plain, ours = asterisk_of(plain_dialplans(tenants)), asterisk_of(bundles(tenants))
        for what, unit, value, least in zip(("boot", "reload", "memory"), ("s", "s", "MB"), ours, plain, strict=True):
            name = f"Asterisk {what} with {tenants} tenants of {folder.USERS} users"
            yield Figure(
                name, value, unit, "systemctl restart, dialplan reload, VmRSS", "three lines for each user", least
            )


def asterisk_of(archive: bytes) -> tuple[float, float, float]:
    """Seconds of a boot, seconds of a reload, megabytes after it."""
    core(f"rm -rf {TENANTS}/*")
    core(f"tar -x -C {TENANTS}", archive)
    core("python3 -", MAILBOXES.read_bytes() + LAY.encode())
    boot = seconds(core("time (systemctl restart asterisk; asterisk -rx 'core waitfullybooted')"))
    reload = seconds(core("time asterisk -rx 'dialplan reload'"))
    core("asterisk -rx 'malloc trim'")  # as the role does
    memory = re.search(r"VmRSS:\s+(\d+)", core("cat /proc/$(pidof asterisk)/status"))
    return boot, reload, round(int(memory[1]) / 1024, 1) if memory else 0.0


def plain_dialplans(tenants: int) -> bytes:
    """The floor: as many users in as many contexts, each with a dial, a mailbox and a hang-up, and nothing else."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for tenant in range(1, tenants + 1):
            lines = [f"[company-{tenant}]"]
            for user in range(1, folder.USERS + 1):
                lines += [
                    f"exten => {200 + user},1,Dial(PJSIP/edge/sip:person-{user}@company-{tenant}.example,20)",
                    f"same => n,VoiceMail(person-{user}@company-{tenant},u)",
                    "same => n,Hangup()",
                ]
            member = tarfile.TarInfo(f"company-{tenant}/extensions.conf")
            text = "\n".join([*lines, ""]).encode()
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return packed.getvalue()


def bundles(tenants: int) -> bytes:
    """Rendered files of many tenants as a tar archive."""
    with tempfile.TemporaryDirectory() as home:
        root, out = Path(home) / "folder", Path(home) / "out"
        folder.make(root, tenants)
        timed("render", "--folder", str(root), "--product", "asterisk", "--out", str(out))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for file in sorted(out.glob("*/asterisk/*")):
                archive.add(file, f"{file.parts[-3]}/{file.name}")
        return packed.getvalue()


def core(script: str, stdin: bytes = b"") -> str:
    return on("core", script, stdin)


def on(machine: str, script: str, stdin: bytes = b"") -> str:
    """Runs a script on a machine of the lab; returns what it printed."""
    command = [PBX, "lab", "shell", "--name", LAB, machine, "bash", "-c", script]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"error: on {machine}: {script}\n{done.stdout.decode()}{done.stderr.decode()}")
    return (done.stdout + done.stderr).decode()


def seconds(printed: str) -> float:
    """The real time of bash's `time`."""
    found = re.search(r"real\s+(\d+)m([\d.]+)s", printed)
    assert found, printed
    return round(int(found[1]) * 60 + float(found[2]), 2)
