"""What the dialplan writes down of a caller for the call log, by a real Asterisk."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from provisioner.targets.asterisk import platform
from tests.real_asterisk import MODULES, log_of_calls

pytestmark = pytest.mark.row("U13")

NAME = 'Ann "X" (1, 2) | 1'
STEPS = (
    "Set(CALLERID(num)=+46701740600)",
    'Set(CALLERID(name)=Ann "X" (1, 2) | 1)',
    "SAID",
    "Set(CALLERID(name)=)",
    "SAID",
    "Set(CALLERID(num)=sip-address)",
    "SAID",
    "Set(CALLERID(num)=+46701740600)",
    "Set(CALLERID(pres)=prohib)",
    "SAID",
    "Log(NOTICE,RESULT done)",
)


def test_names_are_data_and_withheld_numbers_nobodys(tmp_path: Path) -> None:
    said = "Gosub(pbx.logged,caller,1)\nsame => n,Log(NOTICE,RESULT <${PBX_FROM_WHOM}>)"
    lines = "\nsame => n,".join(said if each == "SAID" else each for each in STEPS)
    plan = f"{platform.DIALPLAN}[driver]\nexten => 0,1,{lines}\n"
    modules = (*MODULES, "func_callerid", "func_base64")
    files = {
        "extensions.conf": plan,
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={each}.so\n" for each in modules),
    }
    log = log_of_calls(tmp_path, files, ["Local/0@driver application Wait 1"], "RESULT done")
    found = re.findall(r"RESULT <(.*)>", log)
    number, code = found[0].split(" ")
    assert (number, base64.b64decode(code).decode().replace("\\", "")) == ("+46701740600", NAME)
    assert found[1:] == ["+46701740600 -", "- -", "- -"]
    assert "func_base64" not in log
