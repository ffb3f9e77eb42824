"""What was changed by hand becomes a patch of the tenant file, as far as the file can say it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provisioner.core.drift import Drift
from provisioner.pipeline.adopting import adopt, put
from provisioner.pipeline.run import compiled
from tests.pipeline.test_deploy import EXAMPLES

TENANT = "solglantan"
QUEUES = f"/etc/asterisk/pbx/tenants/{TENANT}/queues.conf {TENANT}.nurse"
PLAN = "/etc/asterisk/pbx/tenants/solglantan/extensions.conf "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    return tmp_path / "folder"


def drift(thing: str, field: str, expected: str | None, found: str | None, place: str = "") -> Drift:
    return Drift(TENANT, "core", thing, field, expected, found, place)


def number_that_leads_on(folder: Path) -> tuple[str, str, str]:
    """A number of the example, and the step and words by which it leads to its destination."""
    from provisioner.pipeline.fields import fields

    ((document, bundles),) = compiled(folder, frozenset([TENANT]))
    (text,) = [file.text for bundle in bundles for file in bundle.files if file.path == "extensions.conf"]
    for number, facts in document.data["numbers"].items():
        kind, _, name = facts["destination"].partition(":")
        wanted = f"Goto({TENANT}.{kind}.{name},s,1)"
        for (thing, step), value in fields("extensions.conf", text).items():
            if thing == f"dialplan {TENANT}.numbers {number}" and value.text == wanted:
                return number, step, wanted
    raise AssertionError("no number of the example leads on")


def test_a_patch_holds_what_can_be_said_and_keeps_every_other_line(folder: Path) -> None:
    number, step, leads = number_that_leads_on(folder)
    said = [
        drift(QUEUES, "wrapuptime", "10", "25"),
        drift(QUEUES, "strategy", "leastrecent", "random"),
        drift(QUEUES, "weight", "0", "3"),
        drift(f"{PLAN}dialplan {TENANT}.numbers {number}", step, leads, f"Goto({TENANT}.queue.nurse,s,1)"),
        drift("mailbox info", "fullname", "Receptionens brevlåda", "Växelns brevlåda", "voicemail.info"),
    ]
    account = f"subscriber anna-desk@{TENANT}.example"
    said.append(drift(account, "extension", "101", "179", "users.anna.devices.desk"))
    unsaid = [
        drift(QUEUES, "retry", "1", "9"),
        drift(f"numbers {number}", "", "there", None),
        drift(f"dialplan {TENANT}.numbers {number}", "step 1", "NoOp()", "Hangup(21)"),
        Drift("", "edge", "service nginx", "state", "active", "failed"),
    ]
    file = folder / "tenants" / f"{TENANT}.yaml"
    before = file.read_text(encoding="utf-8")
    adoption = adopt(folder, [*said, *unsaid])
    assert file.read_text(encoding="utf-8") == before, "only the patch is written"
    assert [each.drift for each in adoption.adopted] == said
    assert set(adoption.left) == set(unsaid)

    subprocess.run(["patch", "-p1", "-s"], cwd=folder, input=adoption.patch, text=True, check=True)
    after = file.read_text(encoding="utf-8")
    assert "    wrap_up: 25s\n" in after
    assert "    strategy: random\n" in after
    assert "    weight: 3\n" in after
    assert 'title: "Växelns brevlåda"' in after
    removed = [line for line in adoption.patch.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert "    extension: 179\n" in after
    assert len(removed) == 5, "one line for each value that stood there, and none for the one that did not"
    comments = [line.partition("#")[2] for line in before.splitlines() if "#" in line]
    assert [line.partition("#")[2] for line in after.splitlines() if "#" in line] == comments


def test_a_tenant_with_sounds_of_its_own_is_adopted_too(folder: Path) -> None:
    found = Drift("nordverk", "core", "mailbox office", "fullname", "Office", "The office", "voicemail.office")
    assert '+    title: "The office"' in adopt(folder, [found]).patch.splitlines()


def test_a_value_that_the_language_refuses_is_left(folder: Path) -> None:
    wanted = drift(QUEUES, "wrapuptime", "10", "999999")
    adoption = adopt(folder, [wanted])
    assert (adoption.patch, adoption.adopted, adoption.left) == ("", (), (wanted,))


def test_a_tenant_that_the_folder_does_not_have_is_left(folder: Path) -> None:
    wanted = Drift("stranger", "core", QUEUES, "wrapuptime", "10", "25")
    assert adopt(folder, [wanted]).left == (wanted,)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a:\n  b: 1  # one\n  c: 2\n", "a:\n  b: 9  # one\n  c: 2\n"),
        ("a:\n  # first\n  c: 2\n", "a:\n  # first\n  b: 9\n  c: 2\n"),
        ("a: {c: 2}  # all\n", "a: {b: 9, c: 2}  # all\n"),
        ('a: {b: "1", c: 2}\n', "a: {b: 9, c: 2}\n"),
        ("d: 1\n", None),
        ("a: {}\n", None),
        ('a:\n  b: "1\n    2"\n', None),
    ],
    ids=["in place", "new in a block", "new in braces", "quoted", "no parent", "empty parent", "several lines"],
)
def test_a_value_is_put_where_it_belongs(text: str, after: str | None) -> None:
    assert put(text, ("a", "b"), "9") == after
