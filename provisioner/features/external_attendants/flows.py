"""Where callers go on from an external attendant."""

from provisioner.core.flows import Flow

FLOWS = (
    Flow(("absence", "present"), "own attendants are there"),
    Flow(("no_answer",), "no answer"),
)
