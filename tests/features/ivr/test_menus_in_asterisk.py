"""Menus in a real Asterisk: callers press, wait and err, and each must arrive where the file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.core.artifacts import Speech
from provisioner.core.feature import Scope
from provisioner.features.ivr import asterisk
from provisioner.features.ivr.model import Ivr
from provisioner.targets.asterisk import render
from tests.real_asterisk import log_of_calls

SOUNDS = {name: {"en": Speech(name, "en")} for name in ("welcome", "no-input", "invalid")}
SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "en", "SE", sounds=SOUNDS)
MENUS = {
    "main": {
        "prompt": "welcome",
        "timeout": "2s",
        "attempts": "2",
        "keys": {"1": "user:one", "*": "user:star", "#": "user:hash", "0": "ivr:more"},
        "no_input": {"prompt": "no-input"},
        "invalid": {"prompt": "invalid"},
        "exhausted": "user:exhausted",
    },
    "more": {
        "prompt": "welcome",
        "timeout": "2s",
        "keys": {"1": "user:more-one"},
        "no_input": {"destination": "user:silent"},
        "invalid": {"destination": "user:wrong"},
        "exhausted": "user:never",
    },
}
ARRIVALS = {
    # What the caller keys in once the menu listens, `w` being half a second, and where she must arrive.
    "1": "one",
    "*": "star",
    "#": "hash",
    "12": "one",  # a key counts at once
    "w1": "one",
    "51": "one",  # wrong, then right
    "55": "exhausted",
    "555551": "exhausted",  # whoever presses on cannot stay
    "wwwwwwww": "exhausted",  # silence
    "5wwwwww": "exhausted",  # wrong, then silence: counted together
    "wwww1": "one",  # one silence, then right
    "01": "more-one",
    "05": "wrong",
    "0wwwwww": "silent",
    "0w1": "more-one",
}


@pytest.mark.lab
def test_callers_arrive(tmp_path: Path) -> None:
    calls = [f"Local/{number}@entrance/n extension {number}@talk" for number in range(len(ARRIVALS))]
    log = log_of_calls(tmp_path, {"extensions.conf": dialplan()}, calls, "ARRIVED", 40)
    arrived = dict(re.findall(r"ARRIVED (\d+) (\S+)", log))
    keyed = list(ARRIVALS)
    assert {keyed[int(number)]: place for number, place in arrived.items()} == ARRIVALS


def dialplan() -> str:
    """The menus, people who note who came, and callers at the other end of a line into the main menu."""
    menus = {name: Ivr.model_validate(menu) for name, menu in MENUS.items()}
    lines = [render("acme", asterisk.lower(menus, SCOPE)).files[0].text, "[acme.user]"]
    for place in sorted({*ARRIVALS.values(), "never"}):
        lines += [f"exten => {place},1,Log(NOTICE,ARRIVED ${{CASE}} {place})"]
    # Answer() drops what comes in its first half second where no sound comes with it, hence the pause.
    lines += ["[entrance]", "exten => _X!,1,Set(CASE=${EXTEN})", "same => n,Goto(acme.ivr.main,s,1)", "[talk]"]
    for number, keys in enumerate(ARRIVALS):
        lines += [f"exten => {number},1,SendDTMF(ww{keys},150,100)", "same => n,Wait(20)"]
    return "\n".join([*lines, ""])
