#!/usr/bin/python3
"""Ansible module: the whole configuration of Kamailio, laid down as one release, told truthfully.

A release is a folder named by the digest of its content. The daemon checks it where it lies; only then the link
`current` moves, in one step. What the daemon runs is written down after it has taken the release, so a run that was cut
off in between is finished by the next. A release that the daemon refuses to start with is taken back.
Not for tenants: they are rows of the database.
"""

from __future__ import annotations

import grp
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

KEPT = 3


class Refused(Exception):
    """The daemon did not accept something; the text is its own."""


class Releases:
    """The folder that holds the releases, the link to the current one and the record of the loaded one."""

    def __init__(self, module: AnsibleModule, root: Path) -> None:
        self.module = module
        self.root = root
        self.current = root / "current"
        self.loaded = root / "loaded"

    def digest(self, link: Path) -> str:
        return link.readlink().name if link.is_symlink() else ""

    def point(self, link: Path, digest: str) -> None:
        """Moves a link in one step; a reader sees the old release or the new one."""
        fresh = link.with_name(f".{link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("releases") / digest)
        fresh.replace(link)

    def stage(self, digest: str, files: dict[str, str]) -> Path:
        """Writes a release and lets the daemon check it."""
        folder = self.root / "releases" / digest
        group = grp.getgrnam("kamailio").gr_gid
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o750)
        for name, text in files.items():
            path = folder / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as stream:
                stream.write(text)
            os.chown(path, 0, group)
        for each in (folder.parent, folder):
            os.chown(each, 0, group)
            each.chmod(0o750)
        self.run(["kamailio", "-c", "-u", "kamailio", "-g", "kamailio", "-f", str(folder / "kamailio.cfg")])
        return folder

    def run(self, command: list[str]) -> str:
        code, out, err = self.module.run_command(command)
        if code:
            raise Refused(f"{' '.join(command)}: exit {code}: {_last_lines(err or out)}")
        return str(out)

    def intact(self, digest: str, files: dict[str, str]) -> bool:
        folder = self.root / "releases" / digest
        return all((folder / name).is_file() and (folder / name).read_text() == text for name, text in files.items())

    def sweep(self) -> None:
        """Forgets all but the newest releases."""
        needed = {self.digest(self.current), self.digest(self.loaded)}
        folders = sorted((self.root / "releases").iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
        for folder in folders[KEPT:]:
            if folder.name not in needed:
                shutil.rmtree(folder)

    def running(self) -> bool:
        code, _, _ = self.module.run_command(["systemctl", "is-active", "--quiet", "kamailio"])
        return bool(code == 0)

    def enabled(self) -> bool:
        code, _, _ = self.module.run_command(["systemctl", "is-enabled", "--quiet", "kamailio"])
        return bool(code == 0)

    def load(self, digest: str, reloads: dict[str, str]) -> str:
        """Makes the daemon take the current release, by RPC where the difference allows it."""
        before = self.digest(self.loaded)
        changed = self.difference(before, digest)
        if before and self.running() and changed <= reloads.keys():
            for name in sorted(changed):
                self.run(["kamcmd", reloads[name]])
            how = "reloaded " + ", ".join(sorted(changed)) if changed else "unchanged"
        else:
            self.restart()
            how = "restarted"
        if not self.enabled():
            self.run(["systemctl", "enable", "--quiet", "kamailio"])
        self.point(self.loaded, digest)
        return how

    def restart(self) -> None:
        """Restarts the daemon and waits until it answers; its log is the reason where it does not."""
        self.module.run_command(["systemctl", "daemon-reload"])
        # systemd refuses a start after several failed ones, until it is told to forget them.
        self.module.run_command(["systemctl", "reset-failed", "kamailio"])
        try:
            self.run(["systemctl", "restart", "kamailio"])
            self.run(["kamcmd", "core.uptime"])
        except Refused as error:
            journal = ["journalctl", "-u", "kamailio", "-n", "40", "-o", "cat", "--no-pager"]
            _, log, _ = self.module.run_command(journal)
            raise Refused(f"{error} {_last_lines(log)}") from None

    def difference(self, before: str, after: str) -> set[str]:
        """Names of the files in which two releases differ."""
        old, new = (self.root / "releases" / each for each in (before or "-", after))
        names = {each.name for folder in (old, new) if folder.is_dir() for each in folder.iterdir()}
        return {name for name in names if _read(old / name) != _read(new / name)}


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _last_lines(text: str) -> str:
    """What the daemon complains of, without its chatter."""
    lines = [line for line in text.strip().splitlines() if "ERROR" in line or "CRITICAL" in line or "rror" in line]
    return " | ".join((lines or text.strip().splitlines())[-6:])


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def apply(module: AnsibleModule) -> dict[str, Any]:
    files = {**module.params["files"], **module.params["secrets"]}
    files["also"] = "".join(f"{path} {_digest(path)}\n" for path in sorted(module.params["also"]))
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:32]
    releases = Releases(module, Path(module.params["root"]))
    before = releases.digest(releases.current)
    taken = before == digest == releases.digest(releases.loaded) and releases.running()
    if taken and releases.enabled() and releases.intact(digest, files):
        return {"changed": False, "release": digest}
    if module.check_mode:
        return {"changed": True, "release": digest, "before": before}

    if before != digest or not releases.intact(digest, files):
        releases.stage(digest, files)
        releases.point(releases.current, digest)
    try:
        how = releases.load(digest, module.params["reloads"])
    except Refused:
        back = releases.digest(releases.loaded)
        if back and back != digest:
            releases.point(releases.current, back)
            module.run_command(["systemctl", "restart", "kamailio"])
        raise
    releases.sweep()
    return {"changed": True, "release": digest, "before": before, "how": how}


def main() -> None:
    arguments = {
        "files": {"type": "dict", "required": True},
        "secrets": {"type": "dict", "default": {}, "no_log": True},
        "also": {"type": "list", "elements": "path", "default": []},
        "reloads": {"type": "dict", "default": {}},
        "root": {"type": "path", "default": "/etc/kamailio"},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    if "kamailio.cfg" not in module.params["files"]:
        module.fail_json(msg=f"files: found {sorted(module.params['files'])}, expected kamailio.cfg among them")
    try:
        result = apply(module)
    except Refused as error:
        module.fail_json(msg=f"Kamailio refused the configuration; a former one, if any, is in use again. {error}")
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}; nothing was switched")
    module.exit_json(**result)


if __name__ == "__main__":
    main()
