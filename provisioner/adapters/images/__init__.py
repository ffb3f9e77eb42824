"""Container images of the platform's daemons, from Debian packages alone: no public base image, nothing to pull.

An image is one layer: what `images/NAME.toml` names, unpacked and pared down. It is an OCI archive that any engine
imports, beside it a CycloneDX bill of materials. Not for pushing: that is a registry client's work.
"""

from .build import ARCHIVE, SBOM, Image, ensure, store
from .recipe import Recipe, names, read, recipes

__all__ = ["ARCHIVE", "SBOM", "Image", "Recipe", "ensure", "names", "read", "recipes", "store"]
