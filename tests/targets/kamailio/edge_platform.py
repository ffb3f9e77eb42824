"""An edge with every kind of trunk, used by the golden files and by the lab's tests."""

from __future__ import annotations

from provisioner.targets.kamailio.platform import CoreNode, EdgePlatform, Trunk


def edge(private: str = "198.18.0", public: str = "198.19.0") -> EdgePlatform:
    """An edge in a lab whose networks begin so; `telco` is the stand-in carrier, `dead` answers never."""
    return EdgePlatform(
        name="edge",
        private_address=f"{private}.20",
        public_address=f"{public}.20",
        public_name=f"{public}.20",
        database_address=f"{private}.10",
        cores=(CoreNode("core", f"{private}.30"),),
        trunks=(
            Trunk("telco", f"{public}.40", emergency=True, sources=(f"{public}.56/29",)),
            Trunk("dead", f"{public}.41", numbers=("+47",), order=1),
            Trunk(
                "norsk", f"{public}.40", 5070, number_format="national", country_code="47", numbers=("+47",), order=20
            ),
        ),
    )
