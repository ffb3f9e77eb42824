"""What a mail carries: a copy of a recording, or a received fax as PDF.

Only files of Asterisk's own spool are taken, whatever a line says.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from .files import copy, fresh

PLACES = (Path("/var/spool/asterisk/voicemail"), Path("/var/spool/asterisk/pbx-fax"))
LARGEST = 20 << 20
PDF_SECONDS = 60


def keep(source: Path, target: Path) -> Path | None:
    """Copies the file to `target` and its own suffix; a TIFF becomes a PDF. Nothing where it may not or cannot be."""
    source = source.resolve()
    if not any(source.is_relative_to(place) for place in PLACES) or not source.is_file():
        return None
    if source.stat().st_size > LARGEST:
        return None
    if source.suffix in (".tif", ".tiff") and (made := _pdf(source, target.with_suffix(".pdf"))):
        return made
    kept = target.with_suffix(source.suffix)
    copy(source, kept)
    return kept


def _pdf(source: Path, kept: Path) -> Path | None:
    """Nothing where it cannot be made: then the TIFF goes as it is."""
    try:
        with fresh(kept) as name:
            subprocess.run(
                ["tiff2pdf", "-F", "-p", "A4", "-o", name, str(source)],
                check=True,
                timeout=PDF_SECONDS,
                capture_output=True,
            )
    except (OSError, subprocess.SubprocessError):
        return None
    return kept
