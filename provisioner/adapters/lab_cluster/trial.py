"""How a provider's folder is tried in a one-machine cluster: one edge, one core, the telephones of a lab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EDGE = "edge"
"""The edge that the machine is labelled for."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A cluster's machine beside a lab: its address among pods, and the one by which the lab's telephones reach it."""

    lab: str
    address: str
    public_address: str

    def environment(self, name: str, images: Mapping[str, str]) -> str:
        """Its lines of `environments` in provider.yaml; `images` is product → digest."""
        digests = "".join(f"      {product}: {digest}\n" for product, digest in sorted(images.items()))
        return f"""\
  {name}:
    target: kubernetes
    context: pbx-cluster
    images:
{digests}\
    edges: {{{EDGE}: {{address: {self.address}, public_address: {self.public_address}}}}}
    cores: {{core: {{}}}}
    size: small
    storage: ephemeral
    drain: 0
    telephones: {self.lab}
"""
