"""`pbx import csv`: a list of users becomes a tenant file that is valid, and what it cannot say is told."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.cli import main
from provisioner.core.errors import UsageError
from provisioner.pipeline import yaml_reader
from provisioner.pipeline.importing import people, sheet
from provisioner.pipeline.importing.written import Header, written
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

FEATURES = Path(__file__).parents[1] / "features"
ADDRESS = ("--street", "Storgatan 1", "--postal-code", "111 22", "--city", "Ort")
USERS = """\
Namn;Anknytning;E-post;Direktnummer;Mobil;Skostorlek;MAC
Åsa Öberg;0101;asa@acme.example;08-501 001 01;070-174 06 11;38;00:04:13:2A:45:6B
"Bo ""Basse"" Ek: no";102;;;;41;
"""
NUMBERS = """\
number,destination,title,kind
08-501 001 00,0101,"Växel, huvud",main
+46850100102,Åsa Öberg,no,
"""


class Run:
    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys
        (root / "tenants").mkdir()
        shutil.copy(FEATURES / "provider.yaml", root)

    def csv(self, *words: str, users: str | bytes = USERS, numbers: str = "", code: int = 0) -> tuple[str, str]:
        """Standard output and error."""
        content = users if isinstance(users, bytes) else users.encode()
        (self.root / "users.csv").write_bytes(content)
        if numbers:
            (self.root / "numbers.csv").write_text(numbers, encoding="utf-8")
            words += ("--numbers", str(self.root / "numbers.csv"))
        named = ["import", "csv", "acme", str(self.root / "users.csv"), "--folder", str(self.root)]
        ended = main.run([*named, "--plan", "business", *ADDRESS, *words])
        out, err = self.capsys.readouterr()
        assert ended == code, err
        return out, err


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def test_the_file_is_valid_and_says_what_the_lists_say(run: Run) -> None:
    _, err = run.csv("--write", "--name", "Acme: Väst", numbers=NUMBERS)
    assert "the column 'Skostorlek' says nothing" in err
    assert "2 users, 3 numbers, 1 remarks" in err
    found = validate(load(run.root))
    assert found.valid
    tenant = found.tenants["acme"]
    assert tenant.name == "Acme: Väst"
    asa, bo = tenant.users.values()
    assert (asa.name, asa.extension, asa.mobile) == ("Åsa Öberg", "0101", "+46701740611")
    assert asa.devices["desk"].mac == "0004132a456b"
    assert list(tenant.users) == ["asa-oberg", "bo-basse-ek-no"]
    assert bo.name == 'Bo "Basse" Ek: no'
    assert {number: (each.kind, str(each.destination), each.title) for number, each in tenant.numbers.items()} == {
        "+46850100101": ("direct", "user:asa-oberg", None),
        "+46850100100": ("main", "user:asa-oberg", "Växel, huvud"),
        "+46850100102": ("direct", "user:asa-oberg", "no"),
    }


def test_each_entry_names_the_line_that_it_comes_from(run: Run) -> None:
    out, _ = run.csv(numbers=NUMBERS)
    assert "  asa-oberg:  # users.csv:2\n" in out
    assert '"Växel, huvud", destination: "user:asa-oberg"}  # numbers.csv:2\n' in out
    assert not (run.root / "tenants/acme.yaml").exists()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (";103;;;;;", "users.csv:4: no name"),
        ("Kim;x1;;;;;", "'x1' is no extension of two to six digits"),
        ("Kim;102;;;;;", "102 is Bo"),
        ("Kim;103;kim(at)acme;;;;", "'kim(at)acme' is no mail address"),
        ("Kim;103;;12;;;", "'12' is no public number"),
        ("Kim;103;;;?;;", "'?' is no public number"),
        ("Kim;103;;0850100101;;;", "+46850100101 leads to user:asa-oberg already (users.csv:2)"),
        ("Kim;103;;;;;00:04", "'00:04' is no hardware address"),
    ],
)
def test_what_a_list_says_wrongly_is_told(run: Run, row: str, told: str) -> None:
    _, err = run.csv(users=f"{USERS}{row}\n")
    assert told in err


def test_what_is_missing_is_a_finding_in_the_file(run: Run) -> None:
    out, err = run.csv(numbers="number,destination\n0850100104,999\n", code=3)
    assert "# TODO destination" in out
    assert "S002" in err
    assert "'999' is no user of the list" in err


def test_a_list_as_a_spreadsheet_saves_it(run: Run) -> None:
    out, _ = run.csv(users="Förnamn\tEfternamn\tExt\tDID\r\nÅke\tÖst\t101\t0850100101\r\n".encode("cp1252"))
    assert "  ake-ost:  # users.csv:2\n    name: Åke Öst\n" in out


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), min_size=1, max_size=4))
def test_any_name_comes_back_as_it_was(names: list[str]) -> None:
    rows = [sheet.Row(f"users.csv:{n}", {"name": each, "extension": f"{n + 100}"}) for n, each in enumerate(names)]
    made = people.company(sheet.Sheet(tuple(rows), ()), None, "SE", "business")
    header = Header(names[0], "acme.example", "Europe/Stockholm", "sv", "SE")
    reading = yaml_reader.read(written(made, header, "users.csv"), "acme.yaml")
    assert reading.findings == []
    assert [each["name"] for each in reading.data["users"].values()] == names
    assert reading.data["name"] == names[0]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: f"name,extension\n{text}".encode())))
def test_any_bytes_are_a_list_or_none(content: bytes) -> None:
    with contextlib.suppress(UsageError):
        people.company(sheet.read(content, "users.csv", people.USERS, "extension"), None, "SE", "")


@pytest.mark.parametrize(
    ("users", "told"),
    [
        ("a,b\n1,2\n", "has no column for the extension"),
        ("", "has no column for the extension"),
        ("name,extension\n\0", "is no text"),
        ('name,extension\n"' + "x" * 200_000, "field larger than field limit"),
    ],
    ids=["columns", "empty", "binary", "field"],
)
def test_what_is_no_list_of_users(run: Run, users: str, told: str) -> None:
    _, err = run.csv(users=users, code=64)
    assert told in err


def test_a_tenant_that_is_there_is_not_written_over(run: Run) -> None:
    (run.root / "tenants/acme.yaml").write_text("version: 1\n")
    _, err = run.csv("--write", code=64)
    assert "is there already" in err
    assert (run.root / "tenants/acme.yaml").read_text() == "version: 1\n"


@pytest.mark.parametrize("name", ["../acme", "Acme", ""])
def test_a_name_that_no_tenant_may_have(run: Run, name: str) -> None:
    (run.root / "users.csv").write_text(USERS, encoding="utf-8")
    assert main.run(["import", "csv", name, str(run.root / "users.csv"), "--folder", str(run.root)]) == 64


@pytest.mark.parametrize(
    ("name", "taken", "slug"),
    [
        ("Åsa Öberg", [], "asa-oberg"),
        ("Åsa Öberg", ["asa-oberg"], "asa-oberg-2"),
        ("112 Larm", [], "user-112-larm"),
        ("陳", [], "user"),
        ("x" * 60, ["x" * 36], "x" * 36 + "-2"),
    ],
)
def test_names_made_fit(name: str, taken: list[str], slug: str) -> None:
    assert people.slug(name, taken) == slug
