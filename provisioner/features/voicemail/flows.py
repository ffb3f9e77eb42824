"""Where callers of a shared mailbox go on who press a key."""

from provisioner.core.flows import Flow

FLOWS = (Flow(("keys", "*"), "key {1}"),)
