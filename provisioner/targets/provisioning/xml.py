"""XML as the makers' files need it: elements one a line, everything that people wrote escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from xml.sax import saxutils

# Telephones of a tenant say the same words again and again.
escape = lru_cache(saxutils.escape)
quoteattr = lru_cache(saxutils.quoteattr)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def element(name: str, text: object = "", /, **attributes: object) -> str:
    return f"<{name}{_attributes(attributes)}>{escape(str(text))}</{name}>"


def empty(name: str, attributes: Mapping[str, object]) -> str:
    return f"<{name}{_attributes(attributes)}/>"


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
