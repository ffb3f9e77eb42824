"""`pbx image`: container images of the platform's daemons, for environments in Kubernetes."""

from __future__ import annotations

import json
import shutil
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .progress import shown

if TYPE_CHECKING:
    from provisioner.adapters.images import Image

app = typer.Typer(
    name="image",
    help="Container images of the platform's daemons, made here from Debian packages.\n\nNeeds root.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class Format(StrEnum):
    text = "text"
    json = "json"


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all where none is named.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build anew from the packages that Debian has today.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also put NAME.oci.tar, NAME.cdx.json and images.lock into this folder."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout gets.")] = Format.text,
) -> None:
    """Build what is not built yet and print the digests, as an environment of the platform file names them."""
    from provisioner.adapters import images

    built = []
    for recipe in images.recipes(tuple(names or ())):
        with shown(f"image {recipe.name}") as tell:
            built.append(images.ensure(recipe, lambda word, name=recipe.name: tell(name, word), fresh=fresh))  # type: ignore[misc]
    if out:
        _put(out, built)
    print(_as_json(built) if form is Format.json else _as_text(built), end="")


def _put(folder: Path, built: list[Image]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for image in built:
        shutil.copyfile(image.archive, folder / f"{image.name}.oci.tar")
        shutil.copyfile(image.sbom, folder / f"{image.name}.cdx.json")
    (folder / "images.lock").write_text(_as_text(built), encoding="utf-8")


def _as_text(built: list[Image]) -> str:
    """The lock: lines as `images` of the platform file has them, so that they can be pasted there."""
    lines = ["images:"]
    for image in built:
        said = f"{image.version}, {image.packages} packages, {image.size / 1e6:.0f} MB"
        lines.append(f"  {image.name}: {image.digest}  # {said}")
    return "\n".join(lines) + "\n"


def _as_json(built: list[Image]) -> str:
    images = {
        image.name: {
            "digest": image.digest,
            "version": image.version,
            "bytes": image.size,
            "packages": image.packages,
            "archive": str(image.archive),
            "sbom": str(image.sbom),
        }
        for image in built
    }
    return json.dumps({"format_version": 1, "images": images}, indent=2) + "\n"
