"""nginx, the web server of an edge: telephones' settings, and the way in to the services of the core nodes."""

from .configuration import Settings, render
from .pages import Rooms

__all__ = ["Rooms", "Settings", "render"]
