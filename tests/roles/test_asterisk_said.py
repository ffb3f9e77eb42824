"""Which of Asterisk's own words count against the files that it was given to check."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "asterisk_common" / "module_utils"))

import pbx_asterisk

STAMP = "[2026-11-22 21:00:00]"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f"{STAMP} WARNING[7] pbx_config.c: No closing parenthesis? 'NoOp(x' at line 9 of /s/k.x/extensions.conf",
            ["No closing parenthesis? 'NoOp(x' at line 9 of k/extensions.conf"],
        ),
        (f"{STAMP} ERROR[7][C-00000001] app_queue.c: bad", ["bad"]),
        (f"{STAMP} NOTICE[7] app_voicemail.c: Failed reading voicemail password", []),
        (f"{STAMP} VERBOSE[7] pbx_config.c: WARNING[7] x.c: no", []),
        (f"{STAMP} WARNING[7] taskprocessor.c: queue reached 500 scheduled tasks", []),
        (f"{STAMP} WARNING[7] res_musiconhold.c: No music on hold classes configured, disabling music on hold.", []),
        ("Asterisk Ready.", []),
    ],
)
def test_what_counts(line: str, said: list[str]) -> None:
    assert pbx_asterisk._said(f"{line}\n", {"/s/k.x/": "k/"}) == said
