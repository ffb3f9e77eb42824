"""Loading: what the name of a file may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.pipeline.load import load


@pytest.mark.parametrize(
    ("slug", "codes"),
    [
        ("klinik", []),
        ("general-b", []),
        ("general", ["Y005"]),
        ("zonemessages", ["Y005"]),
        ("pin", ["Y005"]),
        ("recordings", ["Y005"]),
        ("k" * 24, []),
        ("k" * 25, ["Y005"]),
        ("Klinik", ["Y005"]),
        ("klinik å", ["Y005"]),
    ],
)
def test_a_file_is_named_as_a_tenant_may_be(tmp_path: Path, slug: str, codes: list[str]) -> None:
    (tmp_path / "provider.yaml").write_text("version: 1\n")
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / f"{slug}.yaml").write_text("version: 1\n")
    (document,) = load(tmp_path).tenants
    assert [each.code for each in document.findings] == codes


@pytest.mark.parametrize(("section", "codes"), [("users", ["Y006"]), ("prompts", [])])
def test_a_section_stands_in_one_file_of_a_tenant(tmp_path: Path, section: str, codes: list[str]) -> None:
    (tmp_path / "provider.yaml").write_text("version: 1\n")
    (tmp_path / "tenants/klinik").mkdir(parents=True)
    (tmp_path / "tenants/klinik/one.yaml").write_text("version: 1\nusers: {}\n")
    (tmp_path / f"tenants/klinik/{section}.yaml").write_text(f"{section}: {{}}\n")
    (document,) = load(tmp_path).tenants
    assert [each.code for each in document.findings] == codes
