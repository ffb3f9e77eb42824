#!/usr/bin/python
"""Asterisk's own configuration on a core node: checked by Asterisk, laid down, and in force.

What the running daemon has read is noted last (`platform.json`), so a run that was cut off is finished by the next.
What can be reloaded is reloaded; what needs a restart waits for calls to end and else refuses, so that no call is cut
off unasked. Tenants' folders are not touched.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_asterisk import (
    ETC,
    PBX,
    Refused,
    alone,
    ask,
    check,
    read_json,
    settle,
    settled,
    sha256,
    write,
)

DOCUMENTATION = r"""
module: pbx_core_platform
short_description: Configures and runs Asterisk on a core node
options:
  files:
    description: Name below /etc/asterisk → text.
    type: dict
    required: true
  programs:
    description: Path → text of what stands beside the service; programs are run-able.
    type: dict
    default: {}
  address:
    description: The private address that Asterisk binds, for the check in a network of its own.
    type: str
    required: true
  wait:
    description: Seconds to wait for calls to end before a restart.
    type: int
    default: 30
  drop_calls:
    description: Restart even though calls are up.
    type: bool
    default: false
"""

NOTE = PBX / "platform.json"
HOLD_TONE = Path("/var/lib/asterisk/sounds/pbx-platform/hold.wav")
HOLD_TONE_MAKER = "/usr/local/libexec/pbx/hold_tone.py"

FOLDERS: dict[Path, tuple[int, str]] = {
    ETC: (0o750, "root"),
    PBX: (0o750, "root"),
    PBX / "tenants": (0o750, "root"),
    PBX / "store": (0o750, "root"),
    PBX / "live": (0o750, "root"),
    HOLD_TONE.parent: (0o755, "root"),
    Path("/var/log/asterisk/cel-custom"): (0o750, "asterisk"),
    Path("/var/spool/asterisk/pbx-fax"): (0o750, "asterisk"),
    Path("/var/spool/asterisk/recordings"): (0o750, "asterisk"),
    Path("/var/spool/asterisk/recordings/.open"): (0o750, "asterisk"),
    Path("/var/spool/asterisk/prompts"): (0o750, "asterisk"),
}

UNWANTED = (ETC / "users.conf",)
"""Read although nothing includes it, and gone from newer versions of Asterisk."""

RELOADS = {
    "logger.conf": ("logger reload",),
    "features.conf": ("module reload features",),
    "cel.conf": ("module reload cel",),
    "cel_custom.conf": ("module reload cel_custom.so",),
    "musiconhold.conf": ("moh reload",),
    "voicemail.conf": ("voicemail reload",),
    "queues.conf": ("queue reload all",),
    "pjsip.conf": ("module reload res_pjsip.so", "module reload res_pjsip_endpoint_identifier_ip.so"),
    "extensions.conf": ("dialplan reload",),
}


def systemctl(*arguments: str) -> str:
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode and arguments[0] not in ("is-active", "is-enabled"):
        log = subprocess.run(
            ["journalctl", "-u", "asterisk", "-n", "10", "--no-pager", "-o", "cat"],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        raise Refused(f"systemctl {' '.join(arguments)}: {done.stderr.strip()} {log.strip()}")
    return done.stdout.strip()


def transport(text: str) -> str:
    """The part of pjsip.conf that Asterisk reads at its start only."""
    return text.partition("type = endpoint")[0]


def needs_restart(changed: set[str], before: dict[str, str], files: dict[str, str]) -> bool:
    if "pjsip.conf" in changed and before.get("transport") != sha256(transport(files["pjsip.conf"]).encode()):
        return True
    return bool(changed - set(RELOADS))


def calls() -> int:
    last = [line for line in ask("core show channels count").splitlines() if "active channel" in line]
    return int(last[0].split()[0]) if last else 0


def restart(wait: int, drop_calls: bool) -> None:
    ends = time.monotonic() + wait
    while not drop_calls and (up := calls()):
        if time.monotonic() > ends:
            raise Refused(
                f"the new configuration is laid down, but needs a restart and {up} channels are up: "
                "repeat when it is quiet, or set pbx_drop_calls to true"
            )
        time.sleep(1)
    systemctl("restart", "asterisk")


def in_force(files: dict[str, str]) -> None:
    """The daemon's own view: it is up, has every module, and our way in."""
    ask("core waitfullybooted")
    running = {line.split()[0] for line in ask("module show").splitlines() if " Running " in line}
    wanted = [line.partition("=")[2].strip() for line in files["modules.conf"].splitlines() if line.startswith("load")]
    if missing := [each for each in wanted if each not in running]:
        raise Refused(f"asterisk runs without the module {missing[0]}; its log /var/log/asterisk/messages.log says why")
    if "from-edge" not in ask("dialplan show from-edge"):
        raise Refused("asterisk runs without the context from-edge")


def surroundings(programs: dict[str, str], check_mode: bool) -> list[str]:
    """Folders, programs and settings of the service; returns what was changed."""
    done = [str(path) for path, (mode, user) in FOLDERS.items() if settle(path, mode, user, try_only=check_mode)]
    stale = [each for each, text in programs.items() if not same(Path(each), sha256(text.encode()))]
    unwanted = [each for each in UNWANTED if each.exists()]
    toneless = not HOLD_TONE.exists()
    texts = mailbox_texts()
    boxless = not mailboxes.DATABASE.exists() or bool(mailboxes.late(texts))
    if not check_mode:
        for each in stale:
            Path(each).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            write(Path(each), programs[each].encode(), 0o755 if programs[each].startswith("#!") else 0o644)
        for path in unwanted:
            path.unlink()
        if any(each.startswith("/etc/systemd/") for each in stale):
            systemctl("daemon-reload")
        for each in stale:
            if each.endswith(".timer"):
                systemctl("enable", "--now", Path(each).name)
        if toneless:
            subprocess.run([HOLD_TONE_MAKER, str(HOLD_TONE)], check=True)
        if boxless:
            mailboxes.lay(texts)
    made = {HOLD_TONE: toneless, mailboxes.DATABASE: boxless}
    return [*done, *stale, *map(str, unwanted), *(str(path) for path, missing in made.items() if missing)]


def mailbox_texts() -> dict[str, mailboxes.Texts]:
    """What is live, for the table of mailboxes of a node that had none or lost it."""
    return {home.name: mailboxes.read(home) for home in (PBX / "tenants").glob("[a-z]*")}


def apply(files: dict[str, str], address: str, wait: int, drop_calls: bool, check_mode: bool) -> dict:
    digests = {name: sha256(text.encode()) for name, text in files.items()}
    stale = {name for name in files if not same(ETC / name, digests[name])}
    before = read_json(NOTE)
    known = before.get("files") or {}
    unread = stale | {name for name in {*known, *files} if known.get(name) != digests.get(name)}
    active, enabled = systemctl("is-active", "asterisk") == "active", systemctl("is-enabled", "asterisk") == "enabled"
    if not unread and active and enabled:
        return {"changed": False}
    if check_mode:
        return {"changed": True, "files": sorted(unread)}
    if stale and (said := check(files, [], {}, address)):
        raise Refused("asterisk refuses the files, nothing was changed: " + " · ".join(said[:20]))
    for name in sorted(stale):
        write(ETC / name, files[name].encode())
    settled(ETC)
    if not enabled:
        systemctl("enable", "asterisk")
    done = ["start"]
    if not active:
        systemctl("start", "asterisk")
    elif needs_restart(unread, before, files):
        restart(wait, drop_calls)
        done = ["restart"]
    else:
        done = [command for name, commands in RELOADS.items() if name in unread for command in commands]
        for command in done:
            ask(command)
    in_force(files)
    note = {"files": digests, "transport": sha256(transport(files["pjsip.conf"]).encode())}
    write(NOTE, json.dumps(note).encode())
    return {"changed": True, "files": sorted(stale), "done": done}


def same(path: Path, digest: str) -> bool:
    try:
        return sha256(path.read_bytes()) == digest
    except OSError:
        return False


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "dict", "required": True},
            "programs": {"type": "dict", "default": {}},
            "address": {"type": "str", "required": True},
            "wait": {"type": "int", "default": 30},
            "drop_calls": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        with alone():
            around = surroundings(given["programs"], module.check_mode)
            result = apply(given["files"], given["address"], given["wait"], given["drop_calls"], module.check_mode)
        result = {**result, "changed": result["changed"] or bool(around), "surroundings": around}
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
