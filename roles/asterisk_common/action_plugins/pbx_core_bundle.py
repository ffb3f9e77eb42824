"""The control machine's half of `pbx_core_bundle`: asks the node what it lacks and sends just that, in one archive.

Small archives travel inside the second call, so one changed prompt costs two calls and no transfer of its own; large
ones (a platform's first apply) go as one file. Values of secrets stand in files that only their owner can read and in
the encrypted channel, never in a result or a process list.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

MODULE = "pbx_core_bundle"
INLINE = 3_000_000
"""Bytes of an archive that still travel inside the module's arguments."""

NAMES = (
    "calendars.json", "cards.vcf", "extensions.conf", "figures.json", "moves.json", "musiconhold.conf",
    "notices.json", "people.json", "queues.conf", "recording.json", "sounds.json", "speech.json", "voicemail.conf",
    "waiting.json",
)  # fmt: skip
OPTIONAL = (
    "calendars.json", "cards.vcf", "figures.json", "moves.json", "notices.json", "people.json", "recording.json",
    "speech.json",
    "waiting.json",
)  # fmt: skip
"""A tenant without such things has no such file."""


class Tenant:
    """One tenant's bundle on the control machine."""

    def __init__(self, slug: str, digest: str, folder: Path, overlay: Path | None, sounds: Path) -> None:
        self.slug, self.digest = slug, digest
        self.files: dict[str, bytes] = {}
        for name in NAMES:
            found = [each / name for each in (overlay, folder) if each and (each / name).is_file()]
            if not found and name in OPTIONAL:
                continue
            if not found:
                raise AnsibleActionFail(f"the bundle of {slug} in {folder} has no {name}; compile it again")
            self.files[name] = found[0].read_bytes()
        total = hashlib.sha256()
        for name, content in self.files.items():
            total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
        self.content = total.hexdigest()
        self.sounds = {digest: sounds / f"{digest}.wav" for digest in sorted(json.loads(self.files["sounds.json"]))}
        """digest → the file of each sound."""

    def facts(self) -> dict[str, Any]:
        digest = self.digest or self.content
        return {"slug": self.slug, "digest": digest, "content": self.content, "sounds": list(self.sounds)}


class ActionModule(ActionBase):
    """Runs the module twice at most."""

    TRANSFERS_FILES = True
    _VALID_ARGS = frozenset(("state", "tenants", "overlay", "sounds", "again"))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        state = args.get("state") or "present"
        if state == "absent":
            facts = [{"slug": each["slug"], "digest": "", "content": "", "sounds": []} for each in args["tenants"]]
            return self._call({"tenants": facts, "state": state}, task_vars)
        overlay = Path(args["overlay"]) if args.get("overlay") else None
        tenants = [of(each, overlay, Path(args.get("sounds") or ".")) for each in args["tenants"]]
        asked = {
            "tenants": [each.facts() for each in tenants], "state": state, "again": bool(args.get("again")),
        }  # fmt: skip
        answer = self._call({**asked, "ask": True}, task_vars)
        if answer.get("failed") or self._task.check_mode:
            return answer
        lacks = answer["lacks"]
        if not lacks["tenants"] and not lacks["sounds"]:
            return {"changed": False}
        packed = archive(tenants, lacks)
        if len(packed) <= INLINE:
            return self._call({**asked, "archive": base64.b64encode(packed).decode()}, task_vars)
        return self._by_file(asked, packed, task_vars)

    def _call(self, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(module_name=MODULE, module_args=args, task_vars=task_vars)
        result.pop("invocation", None)
        return result

    def _by_file(self, asked: dict[str, Any], packed: bytes, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        self._make_tmp_path()
        remote = self._connection._shell.join_path(self._connection._shell.tmpdir, "bundles.tar.gz")
        descriptor, name = tempfile.mkstemp(prefix="pbx-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(packed)
            self._transfer_file(name, remote)
            return self._call({**asked, "archive_file": remote}, task_vars)
        finally:
            Path(name).unlink(missing_ok=True)
            self._remove_tmp_path(self._connection._shell.tmpdir)


def of(tenant: dict[str, Any], overlay: Path | None, sounds: Path) -> Tenant:
    """The tenant's bundle, whose files lie in the folder named or in `files` below it."""
    slug, folder = tenant["slug"], Path(tenant["bundle"])
    inner = folder / "files" if (folder / "files").is_dir() else folder
    return Tenant(slug, tenant.get("digest") or "", inner, overlay / slug if overlay else None, sounds)


def archive(tenants: list[Tenant], lacks: dict[str, list[str]]) -> bytes:
    """tenants/<slug>/<file> and sounds/<digest>.wav of what the node lacks."""
    places = {digest: path for each in tenants for digest, path in each.sounds.items()}
    missing = [each for each in lacks["sounds"] if not places[each].is_file()]
    if missing:
        raise AnsibleActionFail(f"{len(missing)} sounds were not made, first {missing[0]}; run the apply again")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as target:
        for tenant in tenants:
            if tenant.slug in lacks["tenants"]:
                for name, content in tenant.files.items():
                    add(target, f"tenants/{tenant.slug}/{name}", content)
        for digest in lacks["sounds"]:
            add(target, f"sounds/{digest}.wav", places[digest].read_bytes())
    return out.getvalue()


def add(target: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    target.addfile(member, io.BytesIO(content))
