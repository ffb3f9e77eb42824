"""What pods of a cluster may count on where the provider's file does not say: by the size of the environment.

`standard` is the measured need of a platform that people work with (docs/kubernetes.md, Sizing). `small` sets hardly
anything of the processor aside, so that a whole platform fits on a machine with two; its memory carries a trial of a
few tenants. Neither limits the processor, so a small environment that is alone on its machine is no slower.
"""

from __future__ import annotations

from enum import StrEnum

from provisioner.core.site import BESIDE, CORE, KAMAILIO, POSTGRESQL, RTPENGINE, Workload


class Size(StrEnum):
    """How much is set aside for an environment's pods."""

    STANDARD = "standard"
    SMALL = "small"


WORKLOADS: dict[Size, dict[str, Workload]] = {
    Size.STANDARD: {
        CORE: Workload("1", "1Gi", "20Gi"),
        KAMAILIO: Workload("500m", "768Mi"),
        RTPENGINE: Workload("1", "512Mi"),
        POSTGRESQL: Workload("500m", "1Gi", "10Gi"),
        BESIDE: Workload("50m", "256Mi"),
    },
    Size.SMALL: {
        CORE: Workload("100m", "512Mi", "2Gi"),
        KAMAILIO: Workload("50m", "512Mi"),
        RTPENGINE: Workload("50m", "256Mi"),
        POSTGRESQL: Workload("50m", "256Mi", "1Gi"),
        BESIDE: Workload("10m", "128Mi"),
    },
}
"""size → component → what its container has."""
