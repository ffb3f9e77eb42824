#!/usr/bin/python3
"""Ansible module: one tenant's host in ejabberd, told truthfully.

The host's file is laid down beside those of others and read by the daemon; then the daemon is asked what is there, and
only what differs is changed (`pbx_chat`). A run that was cut off is finished by the next one.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_chat import (
    PAGES,
    QUOTAS,
    SOCKET,
    SPOOL,
    Daemon,
    Host,
    Refused,
    lay,
    note_of,
    noted,
    page,
    read,
)

SETTINGS = Path("/etc/pbx-chat")


def laid_down(slug: str, domain: str, text: str | None, daemon: Daemon, check_mode: bool) -> bool:
    """Tells the daemon of the tenant's host, or with None no longer; all is put back where it refuses.

    Tenants come side by side, and all of them write the list of hosts. A run may have been cut off before the daemon
    read it, so it is asked which hosts it serves.
    """
    with (SETTINGS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = hosts(slug, text)
        before = {path: path.read_text() if path.exists() else None for path in files}
        if before == files and (domain in daemon.ask("registered_vhosts")) == bool(text):
            return False
        if not check_mode:
            lay(files)
            try:
                daemon.do("reload_config")
            except Exception:
                lay(before)
                raise
        return True


def listing(slugs: set[str]) -> str:
    """The list of hosts' files that the daemon's settings include."""
    paths = [f"{SETTINGS}/tenants/{slug}.yml" for slug in sorted(slugs)]
    return f"include_config_file: {json.dumps(paths)}\n"


def hosts(slug: str, text: str | None) -> dict[Path, str | None]:
    """The files that tell the daemon of the tenant's host, or no longer do."""
    folder = SETTINGS / "tenants"
    others = {each.stem for each in folder.glob("*.yml")} - {slug}
    return {folder / f"{slug}.yml": text, SETTINGS / "hosts.yml": listing(others | ({slug} if text else set()))}


def shown(file: Path, text: str | None, check_mode: bool) -> list[str]:
    """Lays down what the page is told, or with None takes it away: without it there is no page."""
    if read(file) == text:
        return []
    if not check_mode and text is None:
        file.unlink()
    elif not check_mode:
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_text(text or "", encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(file)
    return ["page laid down" if text else "page taken away"]


def follow(old: str, new: str, daemon: Daemon, check_mode: bool) -> list[str]:
    """What lies under the name that the tenant had, in words; nothing where nothing does.

    The host is taken from the daemon first, so that nobody writes to its database; the note goes last, for it says
    that there is something.
    """
    note = noted(old)
    if not note.exists():
        return []
    if not check_mode:
        laid_down(old, note_of(old).get("domain", ""), None, daemon, check_mode)
        for each in (*sorted(SPOOL.glob(f"{old}.sqlite3*")), SPOOL / "left" / old, note):
            there = each.with_name(new + each.name.removeprefix(old))
            if each.exists() and there.exists():
                raise Refused(f"{each} cannot follow to {there}, which is there already; move one of them away")
            if each.exists():
                each.rename(there)
    return [f"what {old} had follows to {new}"]


def present(slug: str, text: str, wanted: dict[str, Any], daemon: Daemon, check_mode: bool) -> list[str]:
    done = [words for old in wanted.get("formerly", ()) for words in follow(old, slug, daemon, check_mode)]
    done += ["host laid down"] if laid_down(slug, wanted["domain"], text, daemon, check_mode) else []
    if done and check_mode:
        return done  # a host that is not there yet cannot be asked
    note = note_of(slug)
    host = Host(daemon, wanted, note, dry=check_mode)
    done += shown(*page(slug, wanted), check_mode)
    done += [each.words for each in host.steps()]
    names = {each["user"]: each["name"] for each in wanted["accounts"]}
    ends = {each["user"]: each["until"] for each in wanted["accounts"] if "until" in each}
    rooms = [each["id"] for each in wanted["rooms"]]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    left = {user: note.get("left", {}).get(user, now) for user in sorted(host.left)}
    fresh = {"domain": wanted["domain"], "names": names, "rooms": rooms, "ends": ends}
    fresh |= {"left": left, "grace": wanted["grace"], "groups": wanted["groups"]}
    if fresh != note and not check_mode:
        lay({noted(slug): json.dumps(fresh, ensure_ascii=False)})
    return done


def absent(slug: str, daemon: Daemon, check_mode: bool) -> list[str]:
    domain = note_of(slug).get("domain", "")
    done = shown(PAGES / f"{slug}.json", None, check_mode)
    done += ["host taken away"] if laid_down(slug, domain, None, daemon, check_mode) else []
    left = [*SPOOL.glob(f"{slug}.sqlite3*"), SPOOL / "left" / slug]
    if domain:
        left += [QUOTAS / domain, SPOOL / "files" / domain]
    # Last, for it says at which domain the others are.
    left.append(noted(slug))
    there = [each for each in left if each.exists()]
    if not check_mode:
        for each in there:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        if done or there:
            daemon.do("clear_cache")  # else who comes back is known without being there
    return done + [f"{each.name} deleted" for each in there]


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "tenant": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "host": {"type": "str", "default": ""},
            "wanted": {"type": "str", "required": True, "no_log": True},
            "socket": {"type": "path", "default": SOCKET},
        },
        supports_check_mode=True,
    )
    parameters = module.params
    slug, daemon = parameters["tenant"], Daemon(parameters["socket"])
    if not SETTINGS.is_dir():
        module.fail_json(msg=f"the chat of {slug}: this machine carries none; apply the platform first")
    try:
        if parameters["state"] == "present":
            done = present(slug, parameters["host"], json.loads(parameters["wanted"]), daemon, module.check_mode)
        else:
            done = absent(slug, daemon, module.check_mode)
    except (Refused, OSError, http.client.HTTPException) as error:
        module.fail_json(msg=f"the chat of {slug}: {error}; repeat the run")
    module.exit_json(changed=bool(done), done=done)


if __name__ == "__main__":
    main()
