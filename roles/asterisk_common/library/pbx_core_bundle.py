#!/usr/bin/python
"""Tenants' bundles on a core node: compared, staged, checked by Asterisk, switched at once, loaded, seen to be live.

Called by the action plug-in of the same name, first to ask what the node lacks, then with an archive of just that.
A tenant's files lie in a folder of their own that never changes (`store/<slug>.<content>`); a symbolic link makes one
live. The note of what is live (`live/<slug>.json`) is written last, so a run that was cut off anywhere is finished by
the next one. Calls in progress, queue log-ins, messages and PINs set by phone are not touched.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils import pbx_moves as moves
from ansible.module_utils import pbx_prompts as prompts
from ansible.module_utils import pbx_sounds
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_archive import unpack
from ansible.module_utils.pbx_asterisk import PBX, Refused, alone, folder, read_json, settled, sha256, sweep, write
from ansible.module_utils.pbx_running import (
    CHECKED,
    RELOADS,
    TENANTS,
    bring_in_line,
    let_asterisk_check,
    mark,
    queue_names,
    reload,
    seen_live,
)

DOCUMENTATION = r"""
module: pbx_core_bundle
short_description: Installs or removes tenants' bundles on an Asterisk core node
description:
  - Compares digests, stages, lets a scratch Asterisk check, switches atomically, reloads what changed, and verifies.
  - Use it through its action plug-in, which takes folders of the control machine.
options:
  tenants:
    description: slug, digest, content and sounds (digests) of each tenant.
    type: list
    elements: dict
    required: true
  state:
    description: Whether the tenants shall be there.
    type: str
    choices: [present, absent]
    default: present
  ask:
    description: Only say which tenants and sounds the node lacks.
    type: bool
    default: false
  again:
    description: Lay everything down and reload it, whatever is noted of what the daemon runs.
    type: bool
    default: false
  archive:
    description: A tar.gz as base64 with tenants/<slug>/<file> and sounds/<digest>.wav.
    type: str
  archive_file:
    description: The same as a file on the node.
    type: path
"""

STORE, LIVE = PBX / "store", PBX / "live"
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
DIGEST = re.compile(r"[0-9a-f]{64}")
MEMBERS = {"figures.json", "queues.conf"}
"""Files whose change means that members of queues or groups come, go or change their place."""


def is_live(tenant: dict) -> bool:
    """Whether exactly this bundle is what the daemon was last seen to run, and its files are untouched."""
    note = read_json(LIVE / f"{tenant['slug']}.json")
    if note.get("digest") != tenant["digest"] or note.get("content") != tenant["content"]:
        return False
    home = TENANTS / tenant["slug"]
    try:
        return all(sha256((home / name).read_bytes()) == digest for name, digest in note["files"].items())
    except (OSError, KeyError):
        return False


def lacking(tenants: list[dict], again: bool) -> dict:
    without = set(mailboxes.late({each["slug"]: mailboxes.read(TENANTS / each["slug"]) for each in tenants}))
    needed = [each["slug"] for each in tenants if again or each["slug"] in without or not is_live(each)]
    sounds = {digest for each in tenants for digest in each["sounds"]}
    return {"tenants": needed, "sounds": sorted(each for each in sounds if not pbx_sounds.file(each).is_file())}


def named_well(tenants: list[dict]) -> None:
    for each in tenants:
        if not SLUG.fullmatch(each["slug"]) or not all(DIGEST.fullmatch(digest) for digest in each["sounds"]):
            raise Refused(f"{each['slug']!r} is no slug, or one of its sounds has no digest for a name")


def stage(tenant: dict, files: dict[str, bytes]) -> Path:
    """A new folder beside the live ones. The mark at the end of the dialplan lets the daemon say what it runs."""
    end = mark(tenant["slug"], tenant["content"]).encode()
    fresh = Path(tempfile.mkdtemp(prefix=f"{tenant['slug']}.", dir=STORE))
    folder(fresh)
    for name, content in files.items():
        write(fresh / name, content + end if name == "extensions.conf" else content)
    return fresh


def lay_mailboxes(slugs: Iterable[str]) -> None:
    """The mailboxes of what is live now."""
    try:
        mailboxes.lay({slug: mailboxes.read(TENANTS / slug) for slug in slugs})
    except (ValueError, sqlite3.Error) as error:
        raise Refused(f"the table of mailboxes {mailboxes.DATABASE} does not take them: {error}") from error


def lay_prompts(slugs: Iterable[str]) -> None:
    """What users may record leads to the sounds of what is live now, until somebody has recorded."""
    for slug in slugs:
        manifest = read_json(TENANTS / slug / "sounds.json")
        seeds = {name: pbx_sounds.file(digest) for digest, facts in manifest.items() for name in facts.get("seeds", ())}
        try:
            prompts.lay(slug, seeds, partial(folder, user="asterisk"))
        except ValueError as error:
            raise Refused(str(error)) from error


def switch(slug: str, home: Path | None) -> str | None:
    """Points the tenant's link to `home`, at once; returns where it pointed."""
    link = TENANTS / slug
    before = str(link.readlink()) if link.is_symlink() else None
    if home is None:
        link.unlink(missing_ok=True)
        return before
    beside = TENANTS / f".new-{slug}"
    beside.unlink(missing_ok=True)
    beside.symlink_to(f"../store/{home.name}")
    beside.replace(link)
    return before


def leads_to(slug: str, home: Path) -> bool:
    link = TENANTS / slug
    return link.is_symlink() and link.readlink().name == home.name


def digests(home: Path) -> dict[str, str]:
    return {each.name: sha256(each.read_bytes()) for each in sorted(home.iterdir())}


def differing(slug: str, after: dict[str, str]) -> set[str]:
    """Names of files that the daemon must read again; all of them where it is not known what it runs."""
    before = read_json(LIVE / f"{slug}.json").get("files")
    home = TENANTS / slug
    if not isinstance(before, dict) or not home.is_dir() or digests(home) != before:
        return set(CHECKED)
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def make_live(tenants: list[dict], staged: dict[str, Path], again: bool = False) -> list[str]:
    """Switches all tenants, reloads once, notes what is seen; takes all back where anything fails.

    A tenant without a staged folder goes away. What has another name now takes along what users live with.
    """
    changed: set[str] = set()
    queues: set[str] = set()
    shifted: list[str] = []
    there = Before({}, {}, {slug: found for slug, home in staged.items() if (found := moves.read(home))})
    try:
        for slug in (each["slug"] for each in tenants):
            home, note = staged.get(slug), LIVE / f"{slug}.json"
            differs = set(CHECKED) if again else differing(slug, digests(home) if home else {})
            changed |= differs
            if home and differs & MEMBERS:
                shifted.append(slug)
            queues |= queue_names(home) if home else set()
            there.notes[slug] = note.read_bytes() if note.exists() else b""
            # From here until it is seen, nobody knows what the daemon runs of this tenant.
            note.unlink(missing_ok=True)
            there.links[slug] = switch(slug, home)
        paused = {slug: moves.pauses(slug, each) for slug, each in there.renamed.items()}
        for slug, each in there.renamed.items():
            moves.carry(slug, each)
        # First, so that a call never meets a mailbox or a sound that is not there yet.
        if again:
            mailboxes.doubt(there.links)
        lay_mailboxes(there.links)
        lay_prompts(there.links)
        done = reload(changed)
        seen_live(
            {each["slug"]: each["content"] if each["slug"] in staged else None for each in tenants},
            queues if "queues.conf" in changed else set(),
        )
        bring_in_line(shifted)
        for slug, each in there.renamed.items():
            moves.carry(slug, each)
            moves.pause(slug, each, paused[slug])
            moves.stand(slug, each)
            moves.settled(slug, each)
        for each in tenants:
            if home := staged.get(each["slug"]):
                facts = {"digest": each["digest"], "content": each["content"], "files": digests(home)}
                write(LIVE / f"{each['slug']}.json", json.dumps(facts).encode())
    except Exception as error:
        if left := taken_back(there):
            raise Refused(f"{error}; and not all could be taken back: {'; '.join(left)}; repeat the run") from error
        raise
    for target in there.links.values():
        if target:
            remove(STORE / Path(target).name)
    return done


class Before(NamedTuple):
    """How tenants were: by slug where their link pointed, what was noted of them, and the moves that were begun."""

    links: dict[str, str | None]
    notes: dict[str, bytes]
    renamed: dict[str, list[moves.Move]]


def taken_back(before: Before) -> list[str]:
    """Why some of it could not be: one step that fails, because the daemon died of what it read, keeps no other."""
    steps = [
        *(partial(moves.carry, slug, moves.backwards(each)) for slug, each in before.renamed.items()),
        *(partial(moves.follow, slug, old, last=True) for slug, old in moves.still_there(before.renamed, TENANTS)),
        *(
            partial(switch, slug, STORE / Path(target).name if target else None)
            for slug, target in before.links.items()
        ),
        partial(lay_mailboxes, before.links),
        partial(lay_prompts, before.links),
        partial(reload, set(RELOADS)),
    ]
    left = []
    for step in steps:
        try:
            step()
        except Exception as error:
            left.append(str(error))
    # What the daemon runs is known again only where it has read all of it.
    for slug, content in before.notes.items():
        note = LIVE / f"{slug}.json"
        note.unlink(missing_ok=True)
        if content and not left:
            write(note, content)
    return left


def remove(home: Path) -> None:
    """A folder that is no longer live. The sounds that it used start their time of grace."""
    pbx_sounds.note_unused(set(read_json(home / "sounds.json")))
    shutil.rmtree(home, ignore_errors=True)


def tidy() -> None:
    """Removes what runs that were cut off left behind; young folders may be another run's, still being checked."""
    sweep()
    used = {link.readlink().name for link in TENANTS.iterdir() if link.is_symlink()}
    for home in STORE.iterdir():
        if home.name not in used and time.time() - home.stat().st_mtime > 600:
            remove(home)


def install(tenants: list[dict], files: dict[str, dict[str, bytes]], again: bool) -> list[str]:
    staged: dict[str, Path] = {}
    try:
        for each in tenants:
            staged[each["slug"]] = stage(each, files[each["slug"]])
            pbx_sounds.name(each["slug"], staged[each["slug"]])
        let_asterisk_check(staged)
        settled(STORE)
        with alone():
            return make_live(tenants, staged, again)
    except BaseException:
        for slug, home in staged.items():
            if not leads_to(slug, home):
                shutil.rmtree(home, ignore_errors=True)
        raise


def present(params: dict, check_mode: bool) -> dict:
    lacks = lacking(params["tenants"], params["again"])
    if params["ask"] or check_mode:
        return {"changed": check_mode and bool(lacks["tenants"] or lacks["sounds"]), "lacks": lacks}
    if not lacks["tenants"] and not lacks["sounds"]:
        return {"changed": False}
    files, sounds = unpack(params)
    with alone():
        pbx_sounds.keep(sounds)
    todo = [each for each in params["tenants"] if each["slug"] in lacks["tenants"]]
    reloads = install(todo, files, params["again"]) if todo else []
    return {"changed": True, "tenants": lacks["tenants"], "reloads": reloads, "sounds": len(sounds)}


def absent(params: dict, check_mode: bool) -> dict:
    with alone():
        there = [each for each in params["tenants"] if exists(each["slug"])]
        if check_mode:
            return {"changed": bool(there)}
        reloads = make_live(there, {}) if there else []
        # Also where nothing is there any more: an earlier run may have been cut off just here.
        moves.inherit({each["slug"] for each in params["tenants"]}, TENANTS.iterdir())
    return {"changed": bool(there), "tenants": [each["slug"] for each in there], "reloads": reloads}


def exists(slug: str) -> bool:
    return (TENANTS / slug).is_symlink() or (LIVE / f"{slug}.json").exists()


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "tenants": {"type": "list", "elements": "dict", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "ask": {"type": "bool", "default": False},
            "again": {"type": "bool", "default": False},
            "archive": {"type": "str", "no_log": True},
            "archive_file": {"type": "path"},
        },
        supports_check_mode=True,
    )
    try:
        named_well(module.params["tenants"])
        for each in (TENANTS, STORE, LIVE):
            if not each.is_dir():
                folder(each)
        work = present if module.params["state"] == "present" else absent
        result = work(module.params, module.check_mode)
        if result["changed"] and not module.check_mode:
            with alone():
                tidy()
                result["forgotten_sounds"] = pbx_sounds.forget(TENANTS)
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
