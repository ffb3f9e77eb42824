"""The files of telephones on an edge: what is laid down, what goes, and what is left alone."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "roles/web_devices/library/device_files.py"
MODULE = runpy.run_path(str(FILE))
wanted_files, apply, lead = (MODULE[name] for name in ("wanted_files", "apply", "lead"))

BUNDLE = {
    "index.json": json.dumps({"anna-app": "Astray", "bo-desk": "Abroad"}),
    "anna-app/linphone.xml": "<p>@EDGE@</p>",
    "bo-desk/poly.cfg": "<poly/>",
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="files are given to root")


def laid(home: Path) -> dict[str, str]:
    return {str(each.relative_to(home)): each.read_text() for each in home.rglob("*") if each.is_file()}


def test_files_lie_behind_their_secrets_and_name_the_edge(tmp_path: Path) -> None:
    home, wanted = tmp_path / "acme", wanted_files(BUNDLE, "pbx.example.com")
    assert apply(home, wanted, check_mode=False)
    assert laid(home) == {"Astray/linphone.xml": "<p>pbx.example.com</p>", "Abroad/poly.cfg": "<poly/>"}
    assert (home / "Astray/linphone.xml").stat().st_mode & 0o777 == 0o640
    assert not apply(home, wanted, check_mode=False)


def test_a_new_secret_leaves_nothing_at_the_old_one(tmp_path: Path) -> None:
    home = tmp_path / "acme"
    apply(home, wanted_files(BUNDLE, "e"), check_mode=False)
    renewed = {**BUNDLE, "index.json": json.dumps({"anna-app": "Anew", "bo-desk": "Abroad"})}
    assert apply(home, wanted_files(renewed, "e"), check_mode=False)
    assert sorted(each.name for each in home.iterdir()) == ["Abroad", "Anew"]


def test_a_tenant_without_telephones_leaves_nothing_and_others_stay(tmp_path: Path) -> None:
    for slug in ("acme", "other"):
        apply(tmp_path / slug, wanted_files(BUNDLE, "e"), check_mode=False)
    assert apply(tmp_path / "acme", {}, check_mode=False)
    assert [each.name for each in tmp_path.iterdir()] == ["other"]
    assert not apply(tmp_path / "acme", {}, check_mode=False)
    assert len(laid(tmp_path / "other")) == 2


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    assert apply(tmp_path / "acme", wanted_files(BUNDLE, "e"), check_mode=True)
    assert not (tmp_path / "acme").exists()


def test_addresses_under_an_earlier_name_of_the_tenant_lead_to_it(tmp_path: Path) -> None:
    old, new = tmp_path / "acme", tmp_path / "nova"
    wanted = wanted_files({**BUNDLE, "formerly.json": json.dumps(["acme"])}, "e")
    apply(old, wanted_files(BUNDLE, "e"), check_mode=False)
    apply(new, wanted, check_mode=False)
    assert lead(new, ["acme"], check_mode=True)
    assert not old.is_symlink()
    assert lead(new, ["acme"], check_mode=False)
    assert not lead(new, ["acme"], check_mode=False)
    assert laid(old) == laid(new) != {}
    assert not apply(old, {}, check_mode=False), "the old name goes, and its telephones go on"
    assert laid(old) == laid(new)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["acme", "nova"]
    assert lead(new, [], check_mode=False), "the move is noted no longer"
    assert not old.exists()
    lead(new, ["acme"], check_mode=False)
    assert apply(old, wanted_files(BUNDLE, "e"), check_mode=False), "another tenant has the name now"
    assert not old.is_symlink()
    assert laid(new) == laid(old)
