"""What a plan takes before its engine starts, on a thousand tenants of which none or one has changed since the last.

As the command: `python -m bench.again FOLDER` reads, checks and compiles what has to be, and asks which stacks are
known to be as wanted.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import folder
from .figures import Figure
from .processes import best, run

TENANTS = 1000
HOSTS = """\
  lab:
    target: hosts
    nodes:
      data: {role: data, address: 10.0.0.10}
      edge: {role: edge, address: 10.0.0.20, public_address: 192.0.2.20}
      core: {role: core, address: 10.0.0.30}
placement: {default: core}
"""


def before_the_engine() -> Iterator[Figure]:
    """A first time, the same again, and after one prompt has changed."""
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "folder"
        folder.make(root, TENANTS)
        provider = root / "provider.yaml"
        provider.write_text(provider.read_text(encoding="utf-8").replace("  lab: {target: lab}\n", HOSTS))
        command = (sys.executable, "-m", "bench.again", str(root))
        words = "all that pbx plan does before the engine"
        yield Figure(f"plan of {TENANTS} tenants, first, before the engine", round(run(*command).wall, 2), "s", words)
        yield Figure(f"plan of {TENANTS} tenants, none changed", round(best(3, *command).wall, 2), "s", words)
        tenant = root / "tenants" / "company-500.yaml"
        tenant.write_text(tenant.read_text(encoding="utf-8").replace("We are closed.", "We are closed now."))
        yield Figure(f"plan of {TENANTS} tenants, one changed", round(run(*command).wall, 2), "s", words)


def main(root: Path) -> None:
    from provisioner.pipeline import deploy
    from provisioner.wiring import Deployment

    deployment = Deployment(root, "lab", lambda _: None)
    prepared = deploy.prepare(root, deployment.provider, lambda: deployment.site, deployment.tools)
    for each in deploy.stacks(prepared, deployment.tools):
        deployment.tools.engine.unchanged(each)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
