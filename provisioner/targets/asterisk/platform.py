"""Names of the platform's own dialplan that tenants' steps may use; its files are in `core_node`."""

from __future__ import annotations

CONTEXTS = frozenset({"from-edge", "pbx.line", "pbx.to-edge"})
MUSIC_CLASSES = frozenset({"default"})
