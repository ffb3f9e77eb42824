"""The recipes of images: one readable TOML file each in `images/`, and `common.toml` for what all have.

A recipe is named by the digest of both files and of the program: of all that goes into the image but the packages.
"""

from __future__ import annotations

import hashlib
import platform
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from provisioner.adapters import assets
from provisioner.core.errors import PbxError, UsageError
from provisioner.core.findings import nearest

COMMON = "common"
OWNER = 10001
"""User and group of every image's daemon: above all that Debian assigns, and the same in each pod of the platform."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    packages: tuple[str, ...]
    leave_out: tuple[str, ...]
    remove: tuple[str, ...]


_Kind = TypeVar("_Kind", bound=_Part)


class _Common(_Part):
    suite: str
    not_after: datetime
    apt_options: tuple[str, ...]


class _Product(_Part):
    about: str
    user: str
    command: tuple[str, ...]
    version: tuple[str, ...]
    folders: tuple[str, ...]
    ports: tuple[str, ...]


class Recipe(_Common, _Product):
    """What one image is made of. `folders` belong to the daemon's user.

    `version` is a command whose output says the daemon's version. `digest` names the recipe.
    """

    name: str
    digest: str

    @property
    def epoch(self) -> int:
        """Seconds since 1970: no file of the image is younger."""
        return int(self.not_after.timestamp())


def folder() -> Path:
    return assets.folder("images")


def names(place: Path | None = None) -> tuple[str, ...]:
    """All images that there is a recipe for."""
    return tuple(sorted(file.stem for file in (place or folder()).glob("*.toml") if file.stem != COMMON))


def recipes(wanted: tuple[str, ...] = (), place: Path | None = None) -> tuple[Recipe, ...]:
    """The recipes of these names, or all. Raises UsageError for a name that is none."""
    known = names(place)
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                f"no image {name!r}: expected {', '.join(known)}{f'; did you mean {near}?' if near else ''}"
            )
    return tuple(read(name, place) for name in known if not wanted or name in wanted)


def read(name: str, place: Path | None = None) -> Recipe:
    """The recipe NAME. Raises PbxError, naming the file, where it is not one."""
    here = place or folder()
    common, own = here / f"{COMMON}.toml", here / f"{name}.toml"
    first, second = _parsed(common, _Common), _parsed(own, _Product)
    merged: dict[str, Any] = {**dict(first), **dict(second)}
    for part in ("packages", "leave_out", "remove"):
        merged[part] = getattr(second, part) + getattr(first, part)
    # An image is as new as what makes it.
    makers = (Path(__file__).with_name(f"{each}.py") for each in ("rootfs", "layer", "layout"))
    texts = [file.read_bytes() for file in (common, own, *makers)]
    digest = hashlib.sha256(b"\0".join([*texts, platform.machine().encode()])).hexdigest()[:16]
    return Recipe(**merged, name=name, digest=digest)


def _parsed(file: Path, kind: type[_Kind]) -> _Kind:
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise PbxError(f"{file}: {error}", "mend the file") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise PbxError(f"{file}: {wrong}", f"expected the keys {', '.join(kind.model_fields)}") from error
