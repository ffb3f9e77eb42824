"""`pbx device`, as whoever hands out telephones calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.stored import Secrets
from provisioner.cli.main import run
from tests.provider_folder import EXAMPLES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples, on hosts that nobody asks anything, with the secrets that an apply would have made."""
    made = Path(shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns("secrets", ".pbx")))
    provider = made / "provider.yaml"
    text = provider.read_text(encoding="utf-8").replace("environments:\n", "environments:\n  town: {target: hosts, public_name: pbx.example.com, nodes: {core: {role: core, address: 10.0.0.3}, data: {role: data, address: 10.0.0.1}, edge: {role: edge, address: 10.0.0.2, public_address: 192.0.2.7}}}\n", 1)  # fmt: skip  # noqa: E501
    provider.write_text(text, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PBX_AGE_IDENTITY_FILE", raising=False)
    store = Secrets(AgeFile(made / "secrets" / "town.age", make_identity=True))
    store.ensure({"devices/solglantan/anna-app": lambda: "pass", "links/solglantan/anna-app": lambda: "astray"})
    return made


def pbx(folder: Path, *words: str, code: int = 0) -> None:
    assert run(["device", *words, "--env", "town", "-C", str(folder)]) == code


def test_the_list_says_which_telephones_set_themselves_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pbx(folder, "solglantan", "--format", "json")
    known = {each["telephone"]: each for each in json.loads(capsys.readouterr().out)["telephones"]}
    assert known["anna-app"]["sets_itself_up"] == "linphone"
    assert known["bo-desk"]["sets_itself_up"] == ""


def test_a_link_comes_with_its_qr_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = "https://pbx.example.com/devices/solglantan/astray/linphone.xml"
    pbx(folder, "solglantan", "link", "anna-app")
    text = capsys.readouterr().out
    assert text.splitlines()[0] == link
    assert "▀" in text or "█" in text
    pbx(folder, "solglantan", "link", "anna-app", "--format", "json")
    assert json.loads(capsys.readouterr().out)["link"] == link
    pbx(folder, "solglantan", "link", "anna-app", "--format", "svg")
    assert capsys.readouterr().out.startswith("<svg")


def test_a_password_is_told_only_where_that_is_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pbx(folder, "solglantan", "show", "anna-app")
    assert "pass\n" not in capsys.readouterr().out
    pbx(folder, "solglantan", "show", "anna-app", "--password")
    assert "password: pass\n" in capsys.readouterr().out


def test_what_went_astray_is_renewed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pbx(folder, "solglantan", "renew", "anna-app")
    assert "pbx apply" in capsys.readouterr().out
    store = Secrets(AgeFile(folder / "secrets" / "town.age", make_identity=True))
    for handle, old in (("devices/solglantan/anna-app", "pass"), ("links/solglantan/anna-app", "astray")):
        assert len(store.get(handle)) == 28
        assert store.get(handle) != old


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("solglanten",), 64, "did you mean 'solglantan'?"),
        (("solglantan", "link"), 64, "USER-DEVICE"),
        (("solglantan", "link", "anna-ap"), 64, "did you mean anna-app?"),
        (("solglantan", "link", "bo-desk"), 64, "give it a model"),
        (("solglantan", "show", "bo-desk", "--password"), 1, "pbx apply --env town"),
    ],
)
def test_it_refuses(
    folder: Path, words: tuple[str, ...], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pbx(folder, *words, code=code)
    assert told in capsys.readouterr().err
