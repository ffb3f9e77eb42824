"""What is in an image, as a CycloneDX 1.6 bill of materials: each Debian package, its version and its .deb's digest.

The same image has the same bill: its serial number follows from the image's digest, its time from the recipe.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from provisioner.core.errors import PbxError

from .recipe import Recipe
from .rootfs import Package

_NAMESPACE = uuid.UUID("5a0d7b0e-2c0d-5b57-9c43-7f6f4b1f0a52")


def render(recipe: Recipe, digest: str, version: str, packages: Sequence[Package]) -> str:
    """The bill as JSON, held to CycloneDX's own schema."""
    image = Component(
        name=f"pbx/{recipe.name}",
        version=version,
        type=ComponentType.CONTAINER,
        bom_ref=digest,
        description=recipe.about,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest.removeprefix("sha256:"))],
        purl=PackageURL("oci", name=recipe.name, version=digest),
    )
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, digest), components=[_component(recipe, each) for each in packages])
    bom.metadata.component = image
    bom.metadata.timestamp = datetime.fromtimestamp(recipe.epoch, UTC)
    bom.register_dependency(image, bom.components)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(JsonV1Dot6(bom).schema_version).validate_str(text):
        raise PbxError(f"image {recipe.name}: its bill of materials is not CycloneDX: {error}", "report this as a bug")
    return text + "\n"


def _component(recipe: Recipe, package: Package) -> Component:
    qualifiers = {"arch": package.architecture, "distro": recipe.suite}
    if package.source != package.name:
        qualifiers["upstream"] = package.source
    purl = PackageURL("deb", "debian", package.name, package.version, qualifiers)
    home = (
        [ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(package.homepage))] if package.homepage else []
    )
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        description=package.summary,
        supplier=OrganizationalEntity(name=package.maintainer),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)],
        purl=purl,
        external_references=home,
    )
