"""The store of bundles: named by content, whole or not there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from provisioner.adapters.bundles import HALF_DONE, KEPT, BundleStore
from provisioner.core.artifacts import Bundle, Line, Speech, TextFile, recipe_digest
from provisioner.core.errors import PbxError

SPEECH = Speech("Välkommen", "sv")
BUNDLE = Bundle("klinik", "asterisk", (TextFile("sub/extensions.conf", (Line("[klinik]"), Line("å"))),), (SPEECH,))


def test_puts_a_bundle_once(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    home = store.put(BUNDLE)
    stamp = (home / "manifest.json").stat().st_mtime_ns
    assert store.put(BUNDLE) == home
    assert (home / "manifest.json").stat().st_mtime_ns == stamp
    assert home.name == BUNDLE.digest
    assert (home / "files" / "sub" / "extensions.conf").read_bytes() == "[klinik]\nå\n".encode()
    assert store.text(BUNDLE.digest, "sub/extensions.conf") == "[klinik]\nå\n"


def test_manifest_names_everything(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    store.put(BUNDLE)
    manifest = store.manifest(BUNDLE.digest)
    assert (manifest["tenant"], manifest["product"], manifest["files"]) == (
        "klinik",
        "asterisk",
        ["sub/extensions.conf"],
    )
    assert manifest["sounds"] == [recipe_digest(SPEECH)]


def test_missing_bundle_and_missing_sound_say_what_to_do(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    with pytest.raises(PbxError, match="is not in") as raised:
        store.folder("0" * 64)
    assert "pbx apply" in raised.value.remedy
    store.put(BUNDLE)
    with pytest.raises(PbxError, match="1 sounds"):
        store.sounds(BUNDLE.digest)
    assert store.recipe(recipe_digest(SPEECH)) == SPEECH
    store.sound(recipe_digest(SPEECH)).write_bytes(b"RIFF")
    assert store.sounds(BUNDLE.digest) == [store.sound(recipe_digest(SPEECH))]


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_nobody_has_asked_for_goes_and_the_rest_stays(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    old = Bundle("klinik", "asterisk", (TextFile("a", (Line("old"),)),), (Speech("Gammal", "sv"),))
    for each in (BUNDLE, old):
        home = store.put(each)
        sound = store.sound(recipe_digest(each.sounds[0]))
        sound.write_bytes(b"RIFF")
        aged(home, KEPT + 60)
        aged(sound.with_suffix(".json"), KEPT + 60)
    half, killed = tmp_path / "bundles" / ".new-now", tmp_path / "bundles" / ".new-killed"
    half.mkdir()
    killed.mkdir()
    aged(killed, HALF_DONE + 60)
    store.put(BUNDLE)
    store.tidy()
    assert {each.name for each in (tmp_path / "bundles").iterdir()} == {BUNDLE.digest, ".new-now"}
    digest = recipe_digest(SPEECH)
    assert {each.name for each in (tmp_path / "sounds").iterdir()} == {f"{digest}.json", f"{digest}.wav"}
