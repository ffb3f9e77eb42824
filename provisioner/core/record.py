"""The tenant file as it was applied, packed for the engine's state.

State remembers it so that the next plan can say in words what changes for callers, on whichever machine it is made. The
form is the document as written, without comments; it holds no secret, because a tenant file holds none.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

from .errors import PbxError


def pack(document: Mapping[str, Any]) -> str:
    """ASCII text; equal documents give equal text. Order of keys counts: it is the order in which people wrote."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b85encode(zlib.compress(content, 9)).decode()


def digest(packed: str) -> str:
    """Names a packed document; nothing for none."""
    return hashlib.sha256(packed.encode()).hexdigest() if packed else ""


def unpack(text: str) -> dict[str, Any]:
    """The document; raises PbxError where the text is no record."""
    try:
        document: dict[str, Any] = json.loads(zlib.decompress(base64.b85decode(text)))
    except (ValueError, zlib.error) as error:
        raise PbxError(f"the record of an applied tenant cannot be read: {error}", "apply the tenant again") from None
    return document
