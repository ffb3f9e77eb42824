"""A whole Kubernetes cluster on the engineer's own computer: control plane, kubelet, container engine, one machine.

For trying and testing the Kubernetes target with real pods, made from local images; as `lab` is for hosts.
Needs root. Everything lives in namespaces and control groups of its own and goes with `down`.
"""

from .lifecycle import Cluster, Status

__all__ = ["Cluster", "Status"]
