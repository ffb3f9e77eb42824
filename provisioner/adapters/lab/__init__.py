"""The lab: five Debian machines on the engineer's own computer, against which the *hosts* target runs unchanged.

`up` makes a shared image, cables, and machines; `down` leaves nothing behind. Not for production hosts.
"""

from .lifecycle import Lab, LabStatus, MachineStatus, Progress
from .shell import LabError

__all__ = ["Lab", "LabError", "LabStatus", "MachineStatus", "Progress"]
