"""`pbx engine`: gets the Pulumi engine ahead of the first plan, for instance while the lab's image is being made."""

from __future__ import annotations

from .progress import shown


def engine() -> None:
    """Get the Pulumi engine, so that the first plan does not wait for it; print where it is."""
    from provisioner.adapters.pulumi import cli

    with shown("engine") as tell:
        program = cli.command(lambda text: tell("engine", text))
    print(program)
