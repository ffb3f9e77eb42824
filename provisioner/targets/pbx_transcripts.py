"""The configuration of `pbx-transcripts`, our own writer of messages as text on the core nodes: one JSON file."""

from __future__ import annotations

import json

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.transcription import Transcriber

PATH = "transcripts/config.json"
"""Below a core node's bundle."""


def render(transcriber: Transcriber) -> TextFile:
    return TextFile(PATH, (Line(json.dumps({"program": transcriber.program})),))
