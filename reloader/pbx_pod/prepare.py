"""What a pod's volumes hold before its daemon starts: the image's files where a volume hides them, and the platform's.

The platform's files speak of cores by names, because a pod's address is not known before it runs; here it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ADDRESS = ".pod.invalid"
"""What follows the name of a core, or of the database, where its address shall stand."""
HOLD_TONE = Path("/var/lib/asterisk/sounds/pbx-platform/hold.wav")


def core(node: str, address: str, root: Path = Path("/")) -> None:
    """Volumes are mounted below /pbx, so that the image's own files are still seen in their places."""
    for image, volume in (
        ("etc/asterisk", "pbx/etc"),
        ("usr/share/asterisk/sounds", "pbx/sounds"),
        ("var/lib/asterisk", "pbx/lib"),
    ):
        if (root / image).is_dir():
            fill(root / image, root / volume)
    (root / "pbx/etc/users.conf").unlink(missing_ok=True)  # read although nothing includes it
    lay(root / "pbx/platform", root / "pbx/etc", {node: address})
    for folder in ("pbx/etc/pbx/tenants", "pbx/etc/pbx/store", "pbx/etc/pbx/live", "pbx/log/cel-custom"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("pbx-fax", "recordings/.open", "prompts"):
        (root / "pbx/spool" / folder).mkdir(parents=True, exist_ok=True)
    (root / "run/asterisk").mkdir(exist_ok=True)
    _mailboxes(root / "pbx/lib")
    tone = root / "pbx/lib" / HOLD_TONE.relative_to("/var/lib/asterisk")
    if not tone.exists():
        tone.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(root / "usr/local/libexec/pbx/hold_tone.py"), str(tone)], check=True)


def _mailboxes(lib: Path) -> None:
    """Where the table is not there Asterisk makes one of its own at its start, without the columns of ours."""
    from ansible.module_utils import pbx_mailboxes

    pbx_mailboxes.DATABASE = lib / pbx_mailboxes.DATABASE.name
    pbx_mailboxes.lay({})


def fill(source: Path, target: Path) -> None:
    """Copies what is not there yet; what users live with stays."""
    for each in sorted(source.rglob("*")):
        place = target / each.relative_to(source)
        if each.is_dir() and not each.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
        elif not place.exists() and not place.is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(each, place, follow_symlinks=False)


def lay(source: Path, target: Path, addresses: Mapping[str, str]) -> set[str]:
    """Writes the platform's files, addresses in place; returns the names of those that changed.

    Each file appears whole. What a volume adds for itself (`..data` and the like) is no file of ours.
    """
    changed = set()
    target.mkdir(parents=True, exist_ok=True)
    for each in sorted(source.iterdir()):
        if each.name.startswith("..") or not each.is_file():
            continue
        text = each.read_text(encoding="utf-8")
        for node, address in addresses.items():
            text = text.replace(f"{node}{ADDRESS}", address)
        place = target / each.name
        if place.exists() and place.read_text(encoding="utf-8") == text:
            continue
        fresh = place.with_name(f".new-{each.name}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w", encoding="utf-8") as stream:
            stream.write(text)
        fresh.replace(place)
        changed.add(each.name)
    return changed


def certificate(signed: Path, target: Path, name: str) -> bool:
    """The certificate that was signed for this edge, else one of its own; whether that was a change."""
    target.mkdir(parents=True, exist_ok=True)
    chain, key = target / "certificate.pem", target / "key.pem"
    given = [signed / "tls.crt", signed / "tls.key"]
    if all(each.is_file() for each in given):
        texts = [each.read_bytes() for each in given]
        if chain.exists() and key.exists() and [chain.read_bytes(), key.read_bytes()] == texts:
            return False
        for place, text in zip((chain, key), texts, strict=True):
            place.write_bytes(text)
            place.chmod(0o640)
        return True
    if chain.exists():
        return False
    line = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*line, "-days", "3650", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(chain)],
        check=True,
        capture_output=True,
    )
    for each in (chain, key):
        each.chmod(0o640)
    return True
