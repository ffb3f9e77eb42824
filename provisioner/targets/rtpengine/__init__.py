"""rtpengine, the edge's media proxy: one file, two networks, no tenant."""

from __future__ import annotations

from .configuration import Settings, render

__all__ = ["Settings", "render"]
