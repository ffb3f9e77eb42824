"""Callers whom an external attendant announces first, in a real Asterisk: who speaks with whom is told by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.features.external_attendants import FEATURE
from provisioner.features.external_attendants import asterisk as external
from provisioner.features.external_attendants.model import ExternalAttendant
from provisioner.targets.asterisk import attendants, platform, render
from provisioner.targets.asterisk.objects import Route
from tests.real_asterisk import HOME, MODULES, log_of_calls

SCOPE = Scope(
    "acme", "Acme", "acme.example", "Europe/Stockholm", "en", "SE", services=FEATURE.services,
    extensions={"22": Ref("user", "bo")},
)  # fmt: skip
ALSO = (
    "app_read", "app_channelredirect", "bridge_simple", "bridge_builtin_features", "format_sln",
    "func_callerid", "func_groupcount",
)  # fmt: skip
CASES = {
    # What she presses after the extension, and after how many seconds bo answers.
    "announced": (("Wait(2)", "SendDTMF(7)", "Wait(2)"), 1),
    "unasked": (("Wait(2)",), 4),
    "back": (("Wait(3)", "SendDTMF(*0)", "Wait(1)", "SendDTMF(8)", "Wait(1)"), 1),
    "unanswered": (("Wait(2)", "SendDTMF(*0)", "Wait(1)", "SendDTMF(8)", "Wait(1)"), 30),
    "refused": (("Wait(4)", "SendDTMF(8)", "Wait(1)"), 1),
    "again": (("Wait(2)", "SendDTMF(*0)", "Wait(1)", "SendDTMF(*5)", "Wait(1)", "SendDTMF(22#)", "Wait(3)"), 1),
}


@pytest.mark.lab
@pytest.mark.row("T2")
def test_a_caller_is_announced_and_connected_or_taken_back(tmp_path: Path) -> None:
    calls = [f"Local/{case}@entrance/n extension {case}@callers" for case in CASES]
    log = log_of_calls(tmp_path, configuration(), calls, "DONE", 60)
    heard: dict[str, list[str]] = {case: [] for case in CASES}
    for case, who, digit in re.findall(r"HEARD (\w+) (\w+) (\d)", log):
        heard[case].append(f"{who} {digit}")
    assert heard == {
        "announced": ["bo 7", "bo 9"],
        "unasked": ["bo 9"],
        "back": ["caller 8"],
        "unanswered": ["caller 8"],
        "refused": ["caller 8"],
        "again": ["bo 9"],
    }, log


def configuration() -> dict[str, str]:
    attendant = ExternalAttendant.model_validate({"number": "+46846500490", "no_answer": "hangup:busy"})
    objects = list(external.lower({"front": attendant}, SCOPE))
    own = [each for each in objects if isinstance(each, Route) and each.context == "acme.connect"]
    rendered = {file.path: file.text for file in render("acme", own).files}
    may = f"DYNAMIC_FEATURES={attendants.FEATURES},{attendants.TENANT}=acme,PBX_AS={attendant.number}"
    company, people = ["[company]"], ["[people]"]
    for case, (presses, answers) in CASES.items():
        company += [f"exten => {case},1,Answer()", "same => n,Wait(0.5)", "same => n,SendDTMF(*5)", "same => n,Wait(1)"]
        company += [f"same => n,{each}" for each in ("SendDTMF(22#)", *presses, "Hangup()")]
        people += [f"exten => {case},1,Wait({answers})", "same => n,Answer()"]
        people += ["same => n,Wait(1)" if case == "refused" else "same => n,Goto(bo,1)"]
    silent = re.sub(r"/var/lib/asterisk/sounds/[^,)]+", "", rendered["extensions.conf"])
    lines = [silent, attendants.DIALPLAN, *company, *people, SCENE.format(may=may)]
    return {
        "extensions.conf": "\n".join(lines),
        "features.conf": platform.FEATURES,
        "musiconhold.conf": f"[default]\nmode=playlist\nentry=/{HOME}/music\n",
        "music.sln": "~" * 16000,
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={each}.so\n" for each in (*MODULES, *ALSO)),
    }


SCENE = """\
exten => bo,1,Read(D,,1,,1,20)
same => n,Log(NOTICE,HEARD ${{CASE}} bo ${{D}})
same => n,Goto(1)
[leg]
exten => s,1,MSet({may})
same => n,Return()
[entrance]
exten => _[a-z]!,1,Set(__CASE=${{EXTEN}})
same => n,Dial(Local/${{EXTEN}}@company/n,,gb(leg^s^1))
same => n,GotoIf($[${{GROUP_COUNT(${{CHANNEL(linkedid)}}@announcing)}} > 0]?acme.connect,waits,1)
[acme.extensions]
exten => 22,1,Dial(Local/${{CASE}}@people/n)
[callers]
exten => _[a-gi-z]!,1,Set(CASE=${{EXTEN}})
same => n,Read(D,,1,,1,15)
same => n,ExecIf($["${{D}}" != ""]?Log(NOTICE,HEARD ${{CASE}} caller ${{D}}))
same => n,SendDTMF(9)
same => n,Wait(2)
exten => h,1,Log(NOTICE,DONE)
"""
