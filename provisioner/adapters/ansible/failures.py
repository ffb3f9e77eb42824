"""What an Ansible failure means for the person at the keyboard: host, task, the task's own words, and what to do.

The first pattern that fits gives the remedy, so the order goes from the particular to the general.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from provisioner.core.deployment import PlayFailed

_REPEAT = "then run `pbx apply` again: it goes on where it stopped"

_REMEDIES: tuple[tuple[str, str], ...] = (
    (
        r"no space left on device|disk full|enospc",
        f"make room on {{host}} (`df -h` shows the full file system), {_REPEAT}",
    ),
    (
        r"unable to locate package|no package matching|has no installation candidate",
        f"give {{host}} a package source that has it (Debian forky or newer, or Ubuntu LTS), {_REPEAT}",
    ),
    (r"could not get lock|unable to acquire the dpkg", f"let the other package run on {{host}} end, {_REPEAT}"),
    (r"permission denied \(publickey|authentication fail", f"let your SSH key log in as root on {{host}}, {_REPEAT}"),
    (r"host key verification failed", f"check and accept the host key of {{host}} (`ssh-keyscan`), {_REPEAT}"),
    (r"interpreter.*not found|python.*no such file", f"install python3 on {{host}}, {_REPEAT}"),
    (r"read-only file system", f"look at the disk of {{host}}: its file system went read-only; mend it, {_REPEAT}"),
)

_UNREACHABLE = f"check that {{host}} is up and that its SSH port answers from here, {_REPEAT}"
_OTHER = f"mend the cause on {{host}} (`journalctl -p warning -e` shows more), {_REPEAT}"


def explain(event: Mapping[str, Any]) -> PlayFailed:
    """The failure behind a `runner_on_failed` or `runner_on_unreachable` event."""
    data = event.get("event_data", {})
    host = str(data.get("host", "?"))
    task = str(data.get("task", "?"))
    words = _words(data.get("res", {}))
    unreachable = event.get("event") == "runner_on_unreachable"
    what = f"host {host} cannot be reached" if unreachable else f"host {host}, task “{task}”"
    advice = remedy(words, host, unreachable=unreachable)
    return PlayFailed(f"{what}: {words}", advice, host, task, whatever=unreachable)


def remedy(words: str, host: str, *, unreachable: bool = False) -> str:
    """What to do about an error text of a host."""
    for pattern, advice in _REMEDIES:
        if re.search(pattern, words, re.IGNORECASE):
            return advice.format(host=host)
    return (_UNREACHABLE if unreachable else _OTHER).format(host=host)


def _words(result: Mapping[str, Any]) -> str:
    """The most telling text of a task's result; hidden results stay hidden."""
    if "censored" in result:
        return "the task handles secrets, so its output is hidden"
    parts = [str(result.get(each, "")).strip() for each in ("msg", "stderr", "module_stderr")]
    parts += [str(each.get("msg", "")) for each in result.get("results", []) if each.get("failed")]
    unique = list(dict.fromkeys(each for each in parts if each))
    return " – ".join(unique)[:2000] or "no message"
