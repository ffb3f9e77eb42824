"""Build: the same bytes whatever the process, folder, locale, time zone or hash seed; the same findings in any number
of processes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.core.artifacts import Bundle
from provisioner.pipeline import build as module
from provisioner.pipeline.build import build

EXAMPLES = Path(__file__).parents[2] / "examples"


def rendered(folder: Path, out: Path, where: Path, **environment: str) -> dict[str, str]:
    """file → digest of everything that `pbx render` writes, from a process with the given environment."""
    command = [sys.executable, "-c", "from provisioner.cli.main import main; main()"]
    arguments = ["render", "--folder", os.path.relpath(folder, where), "--out", str(out)]
    subprocess.run([*command, *arguments], cwd=where, env={"PATH": os.environ["PATH"], **environment}, check=True)
    return {
        file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(out.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4242"},
        {"TZ": "Pacific/Apia", "LC_ALL": "C"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=lambda each: ",".join(each),
)
def test_compile_is_byte_identical(environment: dict[str, str], tmp_path: Path) -> None:
    here = rendered(EXAMPLES, tmp_path / "first", tmp_path)
    elsewhere = tmp_path / "deep" / "er"
    elsewhere.mkdir(parents=True)
    moved = Path(shutil.copytree(EXAMPLES, tmp_path / "moved" / "folder"))
    assert rendered(moved, tmp_path / "second", elsewhere, **environment) == here
    assert {each.split("/")[1] for each in here} == {"asterisk", "kamailio", "ldap", "provisioning"}


def many(root: Path, count: int) -> Path:
    """The examples' smallest tenant many times; every third one broken."""
    (root / "tenants").mkdir(parents=True)
    shutil.copy(EXAMPLES / "provider.yaml", root)
    for index in range(count):
        text = (EXAMPLES / "tenants/kiosken.yaml").read_text(encoding="utf-8")
        text = text.replace("domain: kiosken", f"domain: kiosken-{index}").replace(
            "+469803192", f"+4698031{20 + index}"
        )
        broken = "nmae: x\n" if index % 3 == 0 else ""
        (root / f"tenants/shop-{index}.yaml").write_text(text + broken, encoding="utf-8")
    return root


def test_the_number_of_processes_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 2)
    root = many(tmp_path / "folder", 12)
    one, three = build(root, processes=1), build(root, processes=3)
    assert one == three
    assert [each.slug for each in one.outcomes] == sorted(each.slug for each in one.outcomes)
    assert not one.valid
    assert {each.slug for each in one.outcomes if not each.digests} >= {"shop-0", "shop-3"}


def test_bundles_are_kept_by_the_process_that_made_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 0)
    store = tmp_path / "store"
    store.mkdir()

    def keep(bundle: Bundle) -> None:
        (store / bundle.digest).write_text(f"{bundle.tenant} {bundle.product}")

    built = build(EXAMPLES, keep=keep, processes=2)
    assert built.valid
    assert {each.name for each in store.iterdir()} == {
        digest for outcome in built.outcomes for digest in outcome.digests.values()
    }


def test_without_bundles_the_findings_are_the_same(tmp_path: Path) -> None:
    """Also those of the link step, which needs the products' objects: `pbx validate` renders nothing."""
    root = many(tmp_path / "folder", 3)
    file = root / "tenants/shop-1.yaml"
    text = file.read_text(encoding="utf-8").replace("  ida:", f"  i{'d' * 38}a:").replace(":ida", f":i{'d' * 38}a")
    file.write_text(text.replace("desk: {", f"{'d' * 38}: {{"), encoding="utf-8")
    rendered, checked = build(root, processes=1), build(root, processes=1, render=False)
    assert checked.findings == rendered.findings
    assert {"S001", "K203"} <= {each.code for each in checked.findings}
    assert [each.slug for each in rendered.outcomes if each.digests] == ["shop-2"]
    assert not any(each.digests for each in checked.outcomes)


def test_one_tenant_alone_gives_the_same_digests_as_all() -> None:
    together = {each.slug: each.digests for each in build(EXAMPLES).outcomes}
    for slug, digests in together.items():
        (alone,) = build(EXAMPLES, frozenset([slug])).outcomes
        assert alone.digests == digests
