"""Writes a site as Ansible's inventory: groups `data`, `edge`, `core`, and each machine's addresses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from provisioner.core.site import Machine, Role, Site


def write(site: Site, folder: Path) -> Path:
    """The inventory's file below the folder, replaced whole where it differs."""
    target = folder / f"{site.environment}.yml"
    text = json.dumps(inventory(site), indent=1)  # JSON is YAML
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".new-{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    return target


def inventory(site: Site) -> dict[str, Any]:
    """The inventory as plain data."""
    variables: dict[str, Any] = {"ansible_python_interpreter": "/usr/bin/python3"}
    if site.public_name:
        variables["pbx_public_name"] = site.public_name
    if site.ssh_config:
        variables["ansible_ssh_args"] = f"-F {site.ssh_config}"
    groups = {
        role.value: {"hosts": {each.name: _machine(each) for each in site.of(role)}} for role in Role if site.of(role)
    }
    return {"all": {"vars": variables, "children": groups}}


def _machine(machine: Machine) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "ansible_host": machine.ssh_host or machine.private_address,
        "ansible_port": machine.ssh_port,
        "ansible_user": machine.ssh_user,
        "ansible_become": machine.ssh_user != "root",
        "private_address": machine.private_address,
        "pbx_private_address": machine.private_address,
    }
    if machine.public_address:
        variables["public_address"] = machine.public_address
        variables["pbx_public_address"] = machine.public_address
    return variables
