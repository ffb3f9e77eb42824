"""nginx, the web server of an edge: telephones' settings, and the way in to the services of the core nodes."""

from .configuration import Rooms, Settings, render

__all__ = ["Rooms", "Settings", "render"]
