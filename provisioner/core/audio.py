"""Audio files: which format the first bytes announce. Nothing is decoded: the adapter that makes sounds does that."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 16
"""How many first bytes `recognise` needs."""


@dataclass(frozen=True, slots=True)
class Audio:
    """What is known of an audio file; `format` is empty where the file holds no audio that we can turn."""

    sha256: str
    format: str = ""


FORMATS = ("wav", "mp3", "ogg", "flac", "m4a", "aac")


def recognise(head: bytes) -> str:
    """One of FORMATS, or empty. Only the content counts, never the name of the file."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "ogg"
    if head[4:8] == b"ftyp":
        return "m4a"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return ""
