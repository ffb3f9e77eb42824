"""`pbx render --explain`: the line of the tenant file behind each line of a rendered file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
TENANT = EXAMPLES / "tenants" / "solglantan.yaml"


def explained(file: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """The cause and the text of each line."""
    assert main.run(["render", "solglantan", "--folder", str(EXAMPLES), "--explain", file]) == 0
    causes = (line.partition(" | ") for line in capsys.readouterr().out.splitlines())
    return [(cause.strip(), text) for cause, _, text in causes]


def test_an_extension_leads_to_the_line_that_claims_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained("asterisk/extensions.conf", capsys)
    written = TENANT.read_text(encoding="utf-8").splitlines()
    begin = [text for _, text in lines].index("[solglantan.extensions]")
    routes = [(cause, text) for cause, text in lines[begin + 1 : begin + 30] if text.startswith("exten => ")]
    claimed = 0
    for cause, text in routes:
        found = re.match(r"tenants/solglantan\.yaml:(\d+):\d+ .*\.extension$", cause)
        dialled = re.match(r"exten => (\d+),1,Goto", text)
        if found and dialled:
            assert re.search(rf"extension: {dialled[1]}\b", written[int(found[1]) - 1]), (cause, text)
            claimed += 1
    assert claimed == len(re.findall(r"extension: \d", "\n".join(written)))


def test_a_section_that_is_not_written_is_said_to_be_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert "outbound:" not in TENANT.read_text(encoding="utf-8")
    causes = [cause for cause, text in explained("asterisk/extensions.conf", capsys) if "node,hangup:busy" in text]
    assert causes == ["tenants/solglantan.yaml has no outbound: the default"]
