"""Where callers of users in an activity go."""

from provisioner.core.flows import Flow

FLOWS = (Flow(("destination",), "callers of users in it"),)
