"""Secrets in a file that SOPS has encrypted: `secrets/<environment>.sops.yaml` or `.sops.json`.

Keys stay readable in such a file and values are sealed one by one, for whatever SOPS knows: age, PGP, the key services
of clouds. The `sops` command does the sealing, so its keys, rules and audit hold here too. A handle is the keys on the
way to a value, joined by `/`; new values go below their first part (`solglantan: {anna-desk: …}`). Values go to `sops`
by its standard input, never by its arguments. It writes in place, so it is given a copy, which then takes the file's
place.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.core.errors import PbxError, TimedOut

from .age_file import identity_file
from .alone import alone

_SECONDS = 120
"""A key service in a cloud, or a token that somebody has to touch, takes its time."""

Tree = dict[str, Any]


class SopsFile:
    """The port `Keeper`. `program` is the `sops` command, looked for on PATH."""

    def __init__(self, file: Path, program: str = "sops") -> None:
        self._file = file
        self._program = program
        self._read: tuple[int, Tree] | None = None
        self.place = str(file)

    def values(self) -> dict[str, str]:
        return dict(self._leaves(self._tree(), ()))

    @contextmanager
    def writing(self) -> Iterator[dict[str, str]]:
        with alone(self._file.parent):
            tree = self._tree()
            before = dict(self._leaves(tree, ()))
            values = dict(before)
            yield values
            changed = {handle: value for handle, value in values.items() if before.get(handle) != value}
            if changed:
                self._write(tree, changed)

    def _tree(self) -> Tree:
        stamp = self._file.stat().st_mtime_ns
        if self._read is None or self._read[0] != stamp:
            text = self._sops(["decrypt", "--output-type", "json", str(self._file)])
            self._read = (stamp, json.loads(text))
        return self._read[1]

    def _leaves(self, tree: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for key, value in tree.items():
            if isinstance(value, Mapping):
                yield from self._leaves(value, (*way, key))
            elif isinstance(value, str):
                yield "/".join((*way, key)), value
            else:
                raise PbxError(
                    f"{self._file}: {'/'.join((*way, key))} is {_KINDS.get(type(value), 'no text')}, expected text",
                    f"`sops edit {self._file}`, and write the value in quotation marks",
                )

    def _write(self, tree: Tree, changed: Mapping[str, str]) -> None:
        """Sections in which nothing changes keep every byte; in others SOPS keeps those of what does not change."""
        fresh: Tree = json.loads(json.dumps(tree))
        sections = set()
        for handle, value in changed.items():
            way = _way(fresh, handle)
            sections.add(way[0])
            holder = fresh
            for each in way[:-1]:
                holder = holder.setdefault(each, {})
            holder[way[-1]] = value
        descriptor, name = tempfile.mkstemp(prefix=".new-", suffix=f".{self._file.name}", dir=self._file.parent)
        os.close(descriptor)
        try:
            shutil.copy(self._file, name)
            for each in sorted(sections):
                self._sops(["set", "--value-stdin", name, f"[{json.dumps(each)}]"], json.dumps(fresh[each]))
            with Path(name).open("rb") as stream:
                os.fsync(stream.fileno())
            Path(name).replace(self._file)
        finally:
            Path(name).unlink(missing_ok=True)
        self._read = None

    def _sops(self, arguments: list[str], given: str = "") -> str:
        try:
            done = subprocess.run(
                [self._program, *arguments],
                input=given,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                env=_environment(),
            )
        except FileNotFoundError:
            raise PbxError(
                f"{self._file} needs the command sops, and there is none on PATH",
                "install SOPS: `go install github.com/getsops/sops/v3/cmd/sops@latest`, or one of its releases",
            ) from None
        except subprocess.TimeoutExpired:
            raise TimedOut(f"sops did not end within {_SECONDS} s on {self._file}", "see what it waits for") from None
        if done.returncode != 0:
            words = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise PbxError(
                f"sops cannot {arguments[0]} {self._file}: {words}",
                f"`sops {'edit' if given else 'decrypt'} {self._file}` has to work for you: ask somebody whose key "
                "opens it to add yours (`sops updatekeys`)",
            )
        return done.stdout


_KINDS: Mapping[type, str] = {int: "a number", float: "a number", bool: "yes or no", list: "a list"}


def _way(tree: Tree, handle: str) -> tuple[str, ...]:
    """The keys under which a handle stands, or shall stand: below its first part where nothing else is there yet."""
    if isinstance(tree.get(handle), str):
        return (handle,)
    parts = handle.split("/")
    for end in range(1, len(parts)):
        key, rest = "/".join(parts[:end]), "/".join(parts[end:])
        if isinstance(below := tree.get(key), dict):
            return key, *_way_within(below, rest)
    return (handle,) if parts[0] in tree else (parts[0], *(["/".join(parts[1:])] if parts[1:] else []))


def _way_within(tree: Tree, handle: str) -> tuple[str, ...]:
    """The same within a section, where a new handle is one key."""
    found = _way(tree, handle)
    return found if len(found) == 1 or found[0] in tree else (handle,)


def _environment() -> dict[str, str]:
    """Ours, with the age identity that `pbx` uses where SOPS has been given none."""
    given = dict(os.environ)
    if not any(each.startswith("SOPS_AGE_") for each in given):
        if identity := given.get("PBX_AGE_IDENTITY"):
            given["SOPS_AGE_KEY"] = identity
        elif identity_file().is_file():
            given["SOPS_AGE_KEY_FILE"] = str(identity_file())
    return given
