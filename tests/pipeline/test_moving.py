"""A thing gets another name in the files: what changes in them, what a plan says of it, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provisioner.core import record
from provisioner.core.errors import PbxError, UsageError
from provisioner.core.refs import Ref
from provisioner.pipeline import describe, moved, moving
from provisioner.pipeline.load import load
from tests.pipeline.house import FakeSecrets
from tests.pipeline.test_brakes import told as stops
from tests.pipeline.test_deploy import EXAMPLES

TENANT = "solglantan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    return tmp_path / "folder"


def mv(folder: Path, old: str, new: str) -> moving.Moving:
    kind, _, name = old.partition(":")
    found = moving.move(folder, TENANT, Ref(kind, name), Ref(kind, new))
    moving.write(folder, found)
    return found


def document(folder: Path) -> dict[str, Any]:
    return load(folder, frozenset([TENANT])).tenants[0].data


def added(patch: str) -> list[str]:
    return [line[1:].strip() for line in patch.splitlines() if line.startswith("+") and not line.startswith("+++")]


def test_only_what_means_the_thing_changes(folder: Path) -> None:
    file = folder / "tenants" / f"{TENANT}.yaml"
    text = file.read_text(encoding="utf-8").replace("  anna:\n", "  anna:  # our manager, anna\n")
    file.write_text(text, encoding="utf-8")
    patch = mv(folder, "voicemail:info", "front").patch
    assert added(patch) == [
        "closed: voicemail:front",
        "no_answer: voicemail:front",
        "no_answer: voicemail:front",
        'overflow: {timeout: "voicemail:front", full: "voicemail:front", empty: "voicemail:front"}',
        "front:",
        "",
        "moved:",
        '- {from: "voicemail:info", to: "voicemail:front"}',
    ]
    mv(folder, "user:anna", "anna-b")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert "  anna-b:  # our manager, anna" in lines
    assert "    account: anna" in lines
    assert lines[-1] == '  - {from: "user:anna", to: "user:anna-b"}'
    undone = mv(folder, "user:anna-b", "anna")
    assert '- {from: "user:anna-b", to: "user:anna"}' in added(undone.patch)
    assert moved.moves(document(folder)) == [
        (Ref("voicemail", "info"), Ref("voicemail", "front")),
        (Ref("user", "anna-b"), Ref("user", "anna")),
    ]


def test_the_patch_is_one_that_git_takes(folder: Path) -> None:
    file = folder / "tenants" / f"{TENANT}.yaml"
    before = file.read_bytes()
    found = mv(folder, "queue:nurse", "nurses")
    after = file.read_bytes()
    file.write_bytes(before)
    subprocess.run(["git", "apply", "-"], cwd=folder, input=found.patch, text=True, check=True)
    assert file.read_bytes() == after


def test_keys_that_are_names_follow(folder: Path) -> None:
    file = folder / "tenants" / f"{TENANT}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nlimits: {{users: {{bo: {{}}}}}}\n", encoding="utf-8")
    mv(folder, "user:bo", "bosse")
    assert list(document(folder)["limits"]["users"]) == ["bosse"]


@pytest.mark.parametrize("tenant", ["solglantan", "nordverk"])
def test_whatever_has_a_name_can_have_another(folder: Path, tenant: str) -> None:
    data = load(folder, frozenset([tenant])).tenants[0].data
    things = [Ref(kind, name) for kind, room in moved.SECTIONS.items() for name in data.get(room.section) or ()]
    assert len({each.kind for each in things}) > 7
    for each in things:
        if each.kind != "activity":  # the usual ones have the names that they have
            found = moving.move(folder, tenant, each, Ref(each.kind, "zz-new"))
            assert "zz-new" in found.patch


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("user:ana", "x", "solglantan has no user:ana; did you mean user:anna?"),
        ("user:anna", "bo", "solglantan has user:bo already"),
        ("user:anna", "info", "solglantan has user:info already"),
        ("voicemail:anna", "x", "the mailbox anna is a user's own"),
        ("user:anna", "Anna", "'Anna' cannot be a name"),
        ("user:anna", "anne\n", "'anne\\n' cannot be a name"),
        ("qeue:nurse", "x", "nothing of the kind qeue has a name; did you mean queue?"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(folder: Path, old: str, new: str, said: str) -> None:
    before = (folder / "tenants" / f"{TENANT}.yaml").read_bytes()
    with pytest.raises(UsageError) as refused:
        mv(folder, old, new)
    assert refused.value.message == said
    assert (folder / "tenants" / f"{TENANT}.yaml").read_bytes() == before


def test_what_would_be_wrong_under_the_new_name_is_refused(folder: Path) -> None:
    with pytest.raises(PbxError, match=r"under the new name the files have 2 errors: .*callers hear nothing of food"):
        mv(folder, "activity:lunch", "food")


def plan(old: dict[str, Any], new: dict[str, Any], folder: Path) -> list[str]:
    provider = load(folder).provider.data
    assert provider
    before, renamed = moved.followed(old, new)
    told = [*moved.told(renamed), *moved.unsaid(TENANT, before, new), *describe.describe(before, new)]
    return [("! " if each.dangerous else "") + each.text for each in told]


def test_a_plan_says_what_is_kept_and_no_brake_holds_it(folder: Path) -> None:
    old = document(folder)
    for name in ("anna-berg", "anna-b"):
        mv(folder, "user:anna" if name == "anna-berg" else "user:anna-berg", name)
    new = document(folder)
    assert plan(old, new, folder) == [
        "renamed user anna → anna-b; mailbox, recordings and everything that she set are kept",
        "telephones of anna-b log in as anna-…",
    ]
    assert stops({TENANT: old}, {TENANT: new}) == []
    assert plan(new, new, folder) == [], "it is applied"


def test_a_plan_without_the_move_says_what_is_lost(folder: Path) -> None:
    old = document(folder)
    mv(folder, "user:anna", "anna-b")
    new = {key: each for key, each in document(folder).items() if key != "moved"}
    first, *others = plan(old, new, folder)
    assert first == (
        "! the user anna goes and anna-b comes, which looks like it: mailbox, recordings and everything that she set "
        "are lost; if it was renamed, `pbx mv solglantan user:anna anna-b` keeps them"
    )
    assert "! the user anna is gone, with telephones and mailbox" in others


def test_a_tenants_file_that_was_renamed_is_told_as_a_loss() -> None:
    kiosk, other = {"name": "Kiosken", "domain": "kiosken.example"}, {"domain": "other.example"}
    found = moved.tenants(
        {"kiosk": (None, kiosk), "kiosken": (kiosk, None), "gone": (other, None), "same": (kiosk, kiosk)}
    )
    assert list(found) == ["kiosken"]
    assert found["kiosken"].text.startswith("kiosken goes and kiosk comes with its domain: messages, recordings and ")
    assert found["kiosken"].dangerous


@pytest.mark.row("C11")
def test_a_conference_is_renamed_with_what_leads_to_it_and_its_leader_too(folder: Path) -> None:
    file = folder / "tenants" / "nordverk.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('"9": ivr:more', '"9": ivr:more\n      "8": conference:project')
    file.write_text(text.replace("open: ivr:main", "open: conference:project"), encoding="utf-8")
    found = moving.move(folder, "nordverk", Ref("conference", "project"), Ref("conference", "board"))
    assert found.noted
    assert added(found.patch) == [
        '"+46313900608": {title: Conferences, destination: "conference:board"}',
        "open: conference:board",
        '"8": conference:board',
        "board:                    # customers call the number and type a PIN; colleagues and the leader need none",
        "",
        "moved:",
        '- {from: "conference:project", to: "conference:board"}',
    ]
    assert "leaders: [frida-b]" in added(
        moving.move(folder, "nordverk", Ref("user", "frida"), Ref("user", "frida-b")).patch
    )


@pytest.mark.row("C11")
def test_a_plan_says_what_is_kept_of_a_conference_or_lost(folder: Path) -> None:
    old = load(folder, frozenset(["nordverk"])).tenants[0].data
    found = moving.move(folder, "nordverk", Ref("conference", "project"), Ref("conference", "board"))
    moving.write(folder, found)
    new = load(folder, frozenset(["nordverk"])).tenants[0].data
    assert plan(old, new, folder) == ["renamed conference project → board; PINs, bookings and recordings are kept"]
    first, *others = plan(old, {key: each for key, each in new.items() if key != "moved"}, folder)
    assert "looks like it: PINs, bookings and recordings are lost; if it was renamed, `pbx mv " in first
    assert others


@pytest.mark.row("C11")
def test_pins_of_a_conference_are_made_from_those_under_its_earlier_names() -> None:
    pairs = (("weekly", "monday"), ("monday", "board"))
    noted = [{"from": f"conference:{old}", "to": f"conference:{new}"} for old, new in pairs]
    packed = record.pack({"moved": [*noted, {"from": "user:weekly", "to": "user:bo"}]})
    secrets = FakeSecrets()
    for name in ("conference-weekly", "leaders-weekly", "leaders-monday", "user-weekly"):
        secrets.set(f"acme/pin/{name}", name)
    made = {
        each: moved.made(f"acme/pin/{each}", {"acme": packed}, secrets)()
        for each in ("conference-board", "leaders-board", "user-bo", "conference-other")
    }
    assert len(made.pop("conference-other")) == 6, "a new one"
    assert made == {
        "conference-board": "conference-weekly",
        "leaders-board": "leaders-monday",  # renewed under that name
        "user-bo": "user-weekly",
    }
