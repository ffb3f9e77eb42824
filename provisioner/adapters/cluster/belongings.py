"""What users have in pods: it lies on the volumes of cores, and goes with them when the namespace goes.

Not for taking it out or away tenant by tenant, which is not built: whoever asks is told what stays, and where.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.adapters.cluster.api import Api, NotFound
from provisioner.core.errors import PbxError

FOLDERS = ("voicemail/{slug}", "recordings/{slug}", "prompts/{slug}", "bookings/{slug}")


class ClusterBelongings:
    """The port `Belongings` where cores are pods."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def export(self, tenant: str, folder: str) -> Mapping[str, int]:
        raise PbxError(
            f"what users of {tenant} have cannot be exported from pods to {folder}: that is not built",
            "copy it with `kubectl cp` where it is wanted, then repeat with --no-export",
        )

    def forget(self, tenant: str, domain: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing where the namespace is gone, for its volumes are too."""
        try:
            self._api.get(f"/api/v1/namespaces/{self._api.namespace}")
        except NotFound:
            return ()
        folders = " ".join(f"/var/spool/asterisk/{each.format(slug=tenant)}" for each in FOLDERS)
        raise PbxError(
            f"messages, recordings and prompts of {tenant} stay on the volumes of the cores in {self._api.namespace}",
            f"in each core's pod: rm -r {folders}",
        )
