"""The call flow as JSON, for programs. The shape changes only with `format_version`."""

from __future__ import annotations

from typing import Any

from . import Drawn

FORMAT_VERSION = 1


def document(drawn: Drawn) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": drawn.tenant,
        "title": drawn.title,
        "nodes": [
            {
                "id": str(node.ref),
                "kind": node.ref.kind,
                "name": node.ref.name,
                "title": node.title,
                "extension": node.extension,
                "source": str(drawn.places[node.ref]) if node.ref in drawn.places else "",
            }
            for node in drawn.flow.nodes
        ],
        "edges": [
            {
                "from": str(edge.start),
                "to": str(edge.target),
                "label": edge.label,
                "first": edge.first,
                "path": ".".join(map(str, edge.path)),
            }
            for edge in drawn.flow.edges
        ],
    }
