"""Where callers go on from a call-back menu."""

from provisioner.core.flows import Flow

FLOWS = (
    Flow(("then",), "number left"),
    Flow(("exhausted",), "attempts used up"),
)
