"""What holds of every image, looked up in its archive, and each daemon started in it as the image's own user."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from provisioner.adapters import images
from tests.lab.images.conftest import Built

pytestmark = pytest.mark.lab  # owners of files need root

FOLDERS = {"usr/share/man", "usr/share/locale", "usr/share/info", "var/lib/apt", "var/cache/apt"}


def test_nobody_gets_rights_by_a_file(built: Built) -> None:
    with tarfile.open(built.layer) as tar:
        members = tar.getmembers()
    assert members
    assert [each.name for each in members if each.mode & 0o6000] == []
    assert [each.name for each in members if each.pax_headers] == []
    writable = [each.name for each in members if each.mode & 0o002 and not each.issym()]
    assert {"tmp", "var/tmp"} <= set(writable) <= {"tmp", "var/tmp", "var/lock"}
    assert {each.mode for each in members if each.name in writable} == {0o1777}


def test_the_daemon_is_nobody_special(built: Built) -> None:
    assert built.config["config"]["User"] == "10001:10001"
    assert f"{built.recipe.user}:x:10001:10001" in (built.root / "etc/passwd").read_text()
    owned = {path for path in built.root.rglob("*") if path.lstat().st_uid == 10001}
    allowed = tuple(each.lstrip("/") for each in built.recipe.folders)
    assert [str(path) for path in owned if not str(path.relative_to(built.root)).startswith(allowed)] == []


def test_nothing_is_in_it_that_a_daemon_does_not_want(built: Built) -> None:
    assert [each for each in sorted(FOLDERS) if (built.root / each).exists()] == []
    assert not list(built.root.glob("usr/bin/perl*"))
    assert not list(built.root.glob("usr/bin/apt*"))
    assert not list(built.root.glob("usr/bin/dpkg*"))


def test_bytes_are_named_by_digests_and_no_day_is_in_them(built: Built) -> None:
    with built.layer.open("rb") as layer:
        assert hashlib.file_digest(layer, "sha256").hexdigest() == built.layer.name
    with tarfile.open(built.layer) as tar:
        names = tar.getnames()
        assert max(each.mtime for each in tar.getmembers()) <= built.recipe.epoch
    assert len(names) == len(set(names))


def test_the_bill_of_materials_is_valid_and_complete(built: Built) -> None:
    text = built.image.sbom.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert bill["metadata"]["component"]["hashes"][0]["content"] == built.image.digest.removeprefix("sha256:")
    versions = {each["name"]: each["version"] for each in bill["components"]}
    status = {file.name for file in (built.root / "var/lib/dpkg/status.d").iterdir()}
    assert set(versions) == status
    assert versions[built.recipe.packages[0]] == built.image.version


def test_the_daemon_says_the_version_that_the_bill_names(built: Built) -> None:
    done = built.run(*built.recipe.version)
    assert done.returncode == 0, done.stderr
    # Debian's: an epoch before, a revision and what was taken out behind the makers' own.
    upstream = built.image.version.partition(":")[2] or built.image.version
    upstream = upstream.partition("-")[0].partition("+")[0]
    if built.recipe.name == "ejabberd":  # the version of what it runs on is all that it says without a start
        upstream = "emulator version"
    assert upstream in done.stdout + done.stderr


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    recipe = images.read("web")
    one, two = (images.ensure(recipe, print, place=tmp_path / each) for each in ("one", "two"))
    assert one.digest == two.digest
    assert one.archive.read_bytes() == two.archive.read_bytes()
    assert one.sbom.read_text() == two.sbom.read_text()
