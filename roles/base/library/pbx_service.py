#!/usr/bin/python3
"""Ansible module: a service that is enabled, running, and has taken the present content of its files.

A handler is forgotten when a run is cut off between the change of a file and the reload; this is not: what a running
service has taken is written down in /run, with the service's invocation, so the next run finishes what is missing.
Not for files that the daemon reads by itself.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

RECORDS = Path("/run/pbx")
ENABLED = {"enabled", "enabled-runtime", "static", "alias", "indirect", "generated"}


class Service:
    def __init__(self, module: AnsibleModule, name: str) -> None:
        self.module = module
        self.name = name

    def systemctl(self, *arguments: str) -> str:
        code, out, err = self.module.run_command(["systemctl", *arguments])
        if code:
            _, log, _ = self.module.run_command(["journalctl", "-u", self.name, "-n", "8", "--no-pager", "-o", "cat"])
            self.module.fail_json(msg=f"systemctl {' '.join(arguments)}: exit {code}: {err.strip()} {log.strip()}")
        return str(out)

    def facts(self) -> dict[str, str]:
        wanted = "LoadState,ActiveState,UnitFileState,InvocationID,ActiveEnterTimestamp,NeedDaemonReload"
        wanted += ",ConditionResult,ConditionTimestamp"
        shown = self.systemctl("show", self.name, f"--property={wanted}", "--timestamp=unix")
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)


def digest(paths: list[str]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.encode() + b"\0" + Path(path).read_bytes())
    return total.hexdigest()


def older_than(facts: dict[str, str], paths: list[str]) -> bool:
    """Whether the service was started before one of the files was written."""
    started = float(facts["ActiveEnterTimestamp"].removeprefix("@") or 0)
    return any(Path(path).stat().st_mtime >= started for path in paths)


def decide(facts: dict[str, str], record: list[str], parameters: dict[str, Any]) -> str:
    """start, restart, reload or nothing."""
    if facts["ActiveState"] != "active":
        # systemd itself skips a unit that has no business here, for example in a container.
        skipped = facts["ConditionResult"] == "no" and facts["ConditionTimestamp"]
        return "" if skipped else "start"
    known = len(record) == 3 and record[0] == facts["InvocationID"]
    for index, (kind, verb) in enumerate((("restart_for", "restart"), ("reload_for", "reload")), start=1):
        paths = parameters[kind]
        stale = record[index] != digest(paths) if known else older_than(facts, paths)
        if stale:
            return verb
    return ""


def main() -> None:
    arguments = {
        "name": {"type": "str", "required": True},
        "enable": {"type": "str", "default": ""},
        "restart_for": {"type": "list", "elements": "path", "default": []},
        "reload_for": {"type": "list", "elements": "path", "default": []},
        "check": {"type": "str", "default": ""},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    parameters = module.params
    service = Service(module, parameters["name"])
    facts = service.facts()
    if facts["LoadState"] != "loaded":
        module.fail_json(
            msg=f"service {service.name}: found {facts['LoadState']}, expected a unit; is its package installed?"
        )

    record_file = RECORDS / f"{service.name}.loaded"
    record = record_file.read_text().split() if record_file.is_file() else []
    verb = decide(facts, record, parameters)
    unit = parameters["enable"] or service.name
    enable = Service(module, unit).facts()["UnitFileState"] not in ENABLED
    if module.check_mode:
        module.exit_json(changed=bool(verb or enable), verb=verb)

    if verb and parameters["check"]:
        code, out, err = module.run_command(parameters["check"], use_unsafe_shell=True)
        if code or out.strip():
            module.fail_json(
                msg=f"{service.name} would refuse its files, so it was left alone: {out.strip()} {err.strip()}"
            )
    if facts["NeedDaemonReload"] == "yes":
        service.systemctl("daemon-reload")
    if enable:
        service.systemctl("enable", "--quiet", unit)
    if verb:
        # systemd refuses a start after several failed ones, until it is told to forget them.
        module.run_command(["systemctl", "reset-failed", service.name])
        service.systemctl(verb, service.name)
    RECORDS.mkdir(mode=0o755, exist_ok=True)
    taken = (service.facts()["InvocationID"], digest(parameters["restart_for"]), digest(parameters["reload_for"]))
    record_file.write_text(" ".join(taken) + "\n")
    module.exit_json(changed=bool(verb or enable), verb=verb, enabled=enable)


if __name__ == "__main__":
    main()
