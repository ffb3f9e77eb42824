"""Where callers go on from an announcement."""

from provisioner.core.flows import Flow

FLOWS = (Flow(("then",), "then", first=True),)
