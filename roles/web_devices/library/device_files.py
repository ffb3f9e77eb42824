#!/usr/bin/python3
"""Ansible module: the files by which tenants' telephones set themselves up, told truthfully.

`files` is a JSON object, tenant → its bundle, path → text: `index.json` says below which secret folder each account's
files lie; `formerly.json` what the tenant was called: telephones know their address by that name, and a link leads to
the folder of now. Not for other tenants' folders, which are never opened.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

INDEX, FORMERLY = "index.json", "formerly.json"
EDGE = "@EDGE@"


def wanted_files(bundle: dict[str, str], edge: str) -> dict[str, bytes]:
    """Path below the tenant's folder → content."""
    secrets = json.loads(bundle.get(INDEX, "{}"))
    found = {}
    for path, text in bundle.items():
        account, _, name = path.partition("/")
        if path not in (INDEX, FORMERLY):
            found[f"{secrets[account]}/{name}"] = text.replace(EDGE, edge).encode()
    return found


def present_files(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in home.rglob("*") if each.is_file()}


def write(path: Path, content: bytes, group: int) -> None:
    """Whole or not at all: a telephone may ask at any moment."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        os.fchmod(stream.fileno(), 0o640)
        os.fchown(stream.fileno(), 0, group)
    Path(name).replace(path)


def lead(home: Path, formerly: list[str], check_mode: bool) -> bool:
    """Lets the tenant's earlier names lead to its folder, and no other; whether they did otherwise."""
    root = home.parent
    links = [each for each in root.iterdir() if each.is_symlink() and each.readlink() == Path(home.name)]
    stale = [each for each in links if each.name not in formerly]
    fresh = [root / name for name in formerly if root / name not in links]
    for each in () if check_mode else stale:
        each.unlink()
    for each in () if check_mode else fresh:
        aside = root / f".was-{each.name}"
        shutil.rmtree(aside, ignore_errors=True)
        if each.is_symlink():
            each.unlink()
        elif each.exists():
            each.rename(aside)
        each.symlink_to(home.name)
        shutil.rmtree(aside, ignore_errors=True)
    return bool(stale or fresh)


def apply(home: Path, wanted: dict[str, bytes], check_mode: bool) -> bool:
    if home.is_symlink():  # the name leads to another tenant, who had it
        if not wanted or check_mode:
            return bool(wanted)
        home.unlink()
    present = present_files(home)
    if present == wanted and home.is_dir() == bool(wanted):
        return False
    if check_mode:
        return True
    if not wanted:
        shutil.rmtree(home)
        return True
    group = home.parent.stat().st_gid
    for path, content in wanted.items():
        if present.get(path) != content:
            write(home / path, content, group)
    for path in present.keys() - wanted.keys():
        (home / path).unlink()
    for folder in [each for each in home.iterdir() if not any(each.iterdir())]:
        folder.rmdir()
    return True


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "str", "required": True, "no_log": True},
            "edge": {"type": "str", "required": True},
            "root": {"type": "path", "default": "/var/lib/pbx-devices"},
        },
        supports_check_mode=True,
    )
    os.umask(0o027)
    parameters = module.params
    changed = []
    for tenant, bundle in json.loads(parameters["files"]).items():
        try:
            home = Path(parameters["root"]) / tenant
            done = apply(home, wanted_files(bundle, parameters["edge"]), module.check_mode)
            if lead(home, json.loads(bundle.get(FORMERLY, "[]")), module.check_mode) or done:
                changed.append(tenant)
        except OSError as error:
            # Not the whole path: it holds what nobody may read in a log.
            module.fail_json(msg=f"settings of {tenant}'s telephones: {error.strerror}; repeat the run")
    module.exit_json(changed=bool(changed), tenants=changed)


if __name__ == "__main__":
    main()
