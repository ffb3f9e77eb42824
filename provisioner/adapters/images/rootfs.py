"""An image's root file system: packages unpacked by mmdebstrap, pared down, every library in place.

Packages are unpacked, never installed, so no script of theirs runs and no shell, Perl or package manager comes along.
Needs root. The makers die with this process (lab/image.py).
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.lab.image import KEYRING, make
from provisioner.core.errors import PbxError

from .recipe import OWNER, Recipe

ARCHIVES = Path("var/cache/apt/archives")
STATUS = Path("var/lib/dpkg/status.d")
_LINKS = {**{each: f"usr/{each}" for each in ("bin", "lib", "lib64", "sbin")}, "var/run": "../run"}


@dataclass(frozen=True, slots=True)
class Package:
    """A Debian package in the image. `sha256` is that of the .deb; `stanza` its control file."""

    name: str
    version: str
    architecture: str
    source: str
    maintainer: str
    summary: str
    homepage: str
    sha256: str
    stanza: str


def unpack(recipe: Recipe, root: Path, log: Path) -> tuple[Package, ...]:
    """Fill the empty folder `root`; the packages that stay, by name."""
    make(_command(recipe, root), log)
    archives = sorted((root / ARCHIVES).glob("*.deb"))
    kept = [(deb, package) for deb in archives if _stays(package := _read(deb), recipe)]
    for deb in archives:
        if deb not in {each for each, _ in kept}:
            _take_out(deb, root)
    _pare_down(recipe, root)
    packages = tuple(package for _, package in kept)
    # Some packages leave it to this program to give their libraries the names by which daemons ask for them.
    folders = [f"/{place.relative_to(root)}" for place in sorted(root.glob("usr/lib/*-linux-gnu"))]
    _said("ldconfig", "-n", "-r", str(root), *folders)
    _lay_down(recipe, root, packages)
    _check_libraries(recipe, root)
    return packages


def _command(recipe: Recipe, root: Path) -> list[str]:
    return [
        "mmdebstrap",
        "--variant=extract",
        "--mode=root",
        f"--keyring={KEYRING}",
        f"--include={','.join(recipe.packages)}",
        *(f"--aptopt={option}" for option in recipe.apt_options),
        "--skip=download/empty,essential/unlink,cleanup,output/dev",
        recipe.suite,
        str(root),
    ]


def _read(deb: Path) -> Package:
    fields = ("Package", "Version", "Architecture", "Source", "Maintainer", "Homepage", "Description")
    stanza = _said("dpkg-deb", "--field", str(deb))
    value = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and not line.startswith(" "))
    name, version, architecture, source, maintainer, homepage, summary = (value.get(field, "") for field in fields)
    with deb.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Package(
        name, version, architecture, source.split(" ")[0] or name, maintainer, summary, homepage, digest, stanza
    )


def _said(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PbxError(f"{' '.join(argv)}: {done.stderr.strip()}", "delete the file, then try again")
    return done.stdout


def _stays(package: Package, recipe: Recipe) -> bool:
    return not any(fnmatch.fnmatchcase(package.name, pattern) for pattern in recipe.leave_out)


def _take_out(deb: Path, root: Path) -> None:
    """Remove what the package brought, then the folders that are empty now."""
    listing = _said("dpkg-deb", "--contents", str(deb)).splitlines()
    paths = [root / line.split(None, 5)[5].split(" -> ")[0].split(" link to ")[0] for line in listing]
    for path in sorted(paths, reverse=True):
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir() and path != root and not any(path.iterdir()):
            path.rmdir()


def _pare_down(recipe: Recipe, root: Path) -> None:
    for pattern in recipe.remove:
        for path in sorted(root.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.is_symlink() or path.exists():
                path.unlink()


def _lay_down(recipe: Recipe, root: Path, packages: Iterable[Package]) -> None:
    """What scripts of packages would have made: users, links, folders; and the list that scanners read."""
    for link, target in _LINKS.items():
        place = root / link
        (place.parent / target).mkdir(parents=True, exist_ok=True)
        if place.is_symlink():
            continue
        if place.exists():  # a package's folders below /var/run, which each pod makes anew
            shutil.rmtree(place)
        place.symlink_to(target)
    users = (("root", 0, "/root"), (recipe.user, OWNER, "/tmp"), ("nobody", 65534, "/nonexistent"))
    _write(root / "etc/passwd", (f"{name}:x:{uid}:{uid}:{name}:{home}:/sbin/nologin" for name, uid, home in users))
    _write(root / "etc/group", (f"{name}:x:{uid}:" for name, uid, _ in users))
    _write(root / "etc/nsswitch.conf", ("passwd: files", "group: files", "hosts: files dns"))
    for folder in ("dev", "proc", "sys", "run", "tmp", "var/tmp", *(each.lstrip("/") for each in recipe.folders)):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / STATUS).mkdir(parents=True)
    for package in packages:
        (root / STATUS / package.name).write_text(package.stanza, encoding="utf-8")


def _write(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _check_libraries(recipe: Recipe, root: Path) -> None:
    """Raise PbxError where a program or a library misses a library: too much was left out."""
    missing = sorted(f"{path}: {lacks}" for path, lacks in missing_libraries(root))
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise PbxError(
            f"image {recipe.name}: libraries are missing: {'; '.join(missing[:5])}{more}",
            f"take the package out of leave_out, or the file into remove, in images/{recipe.name}.toml",
        )


def missing_libraries(root: Path) -> Iterator[tuple[str, str]]:
    """Each ELF file of the root and each library that it asks for and does not get, as the image's own loader says."""
    loader = next((each for place in ("lib*", "lib/*") for each in root.glob(f"usr/{place}/ld-linux-*")), None)
    if loader is None:  # whoever brings no loader has nothing to load
        return
    for file in sorted((root / "usr").rglob("*")):
        if file.is_symlink() or not file.is_file() or not _is_elf(file):
            continue
        path = f"/{file.relative_to(root)}"
        argv = ["chroot", str(root), f"/{loader.relative_to(root)}", "--list", path]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if lacks := re.search(r"libraries: (\S+): cannot open shared object file", done.stderr):
            yield path, lacks[1]


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"
