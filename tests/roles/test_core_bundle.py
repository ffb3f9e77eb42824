"""Bundles on a core node are taken whole or not at all, whatever fails in between."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.roles.on_a_machine import load

asterisk = load("asterisk_common/library", "pbx_asterisk")
bundles = load("asterisk_common/library", "pbx_core_bundle")

ACME = {"slug": "acme", "digest": "d2", "content": "c2", "sounds": []}
ASKED = {"slug": "other", "digest": "d2", "content": "c2", "sounds": []}
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node on which acme is live, with its own folders and a daemon that follows."""
    for name in ("TENANTS", "STORE", "LIVE"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(bundles, name, tmp_path / name)
    lay(tmp_path / "STORE/acme.old", "old")
    (tmp_path / "TENANTS/acme").symlink_to("../store/acme.old")
    (tmp_path / "LIVE/acme.json").write_text('{"content": "c1"}')
    for name in ("lay_mailboxes", "lay_prompts", "seen_live", "bring_in_line", "remove", "let_asterisk_check"):
        monkeypatch.setattr(bundles, name, lambda *_: None)
    monkeypatch.setattr(bundles, "reload", lambda _: [])
    monkeypatch.setattr(bundles, "settled", lambda _: None)
    monkeypatch.setattr(bundles, "write", lambda path, content: path.write_bytes(content))
    monkeypatch.setattr(bundles, "folder", lambda path: path)
    monkeypatch.setattr(bundles.pbx_sounds, "name", lambda *_: None)
    monkeypatch.setattr(asterisk, "LOCK", tmp_path / "lock")
    return tmp_path


def lay(home: Path, text: str) -> None:
    home.mkdir()
    (home / "extensions.conf").write_text(text)


def raises(error: Exception) -> Callable[..., None]:
    def fails(*_: object) -> None:
        raise error

    return fails


def install(*tenants: dict[str, object]) -> None:
    bundles.install(list(tenants), {str(each["slug"]): {"extensions.conf": b"new"} for each in tenants}, False)


def live(node: Path) -> dict[str, str]:
    return {each.name: each.readlink().name for each in (node / "TENANTS").iterdir()}


def test_what_is_taken_is_live_and_noted(node: Path) -> None:
    install(ACME)
    assert live(node)["acme"] != "acme.old"
    assert (node / "STORE" / live(node)["acme"] / "extensions.conf").is_file()
    assert '"c2"' in (node / "LIVE/acme.json").read_text()


@pytest.mark.parametrize("step", ["lay_mailboxes", "seen_live", "bring_in_line"])
@pytest.mark.parametrize("error", [FULL, asterisk.Refused("asterisk says no")])
def test_a_step_that_fails_leaves_the_tenant_as_it_was(
    node: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception
) -> None:
    """Also where it is no refusal: a folder that was taken away under a link that leads there cuts the tenant off."""
    left = iter([raises(error)])
    monkeypatch.setattr(bundles, step, lambda *_: next(left, lambda: None)())
    with pytest.raises(type(error), match=str(error.args[-1])):
        install(ACME, ASKED)
    assert live(node) == {"acme": "acme.old"}
    assert [each.name for each in (node / "STORE").iterdir()] == ["acme.old"]
    assert (node / "LIVE/acme.json").read_text() == '{"content": "c1"}'


def test_a_daemon_that_dies_of_it_keeps_nothing_from_being_taken_back(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles.moves, "read", lambda _: [{"kind": "user", "old": "a", "new": "b", "lights": []}])
    monkeypatch.setattr(bundles.moves, "pauses", lambda *_: [])
    carried = iter([lambda: None])
    monkeypatch.setattr(bundles.moves, "carry", lambda *_: next(carried, raises(asterisk.Refused("away")))())
    monkeypatch.setattr(bundles, "reload", raises(asterisk.Refused("died of it")))
    with pytest.raises(asterisk.Refused, match="died of it; and not all could be taken back: away; died of it"):
        install(ACME)
    assert live(node) == {"acme": "acme.old"}
    assert not (node / "LIVE/acme.json").exists(), "nobody knows what the daemon runs"


def test_whom_nobody_may_ask_about_pauses_is_not_half_switched(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles.moves, "read", lambda _: [{"kind": "user", "old": "a", "new": "b", "lights": []}])
    monkeypatch.setattr(bundles.moves, "pauses", raises(asterisk.Refused("away")))
    monkeypatch.setattr(bundles.moves, "carry", lambda *_: None)
    with pytest.raises(asterisk.Refused, match=r"^away$"):
        install(ACME)
    assert live(node) == {"acme": "acme.old"}


def test_what_is_live_already_stays_when_tidying_up_fails(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "remove", raises(FULL))
    with pytest.raises(OSError, match="No space left"):
        install(ACME)
    assert (node / "STORE" / live(node)["acme"] / "extensions.conf").is_file()
