"""What a machine of the platform is given: the files of all products that run on it, in one bundle a node.

Paths begin with the product (`kamailio/…`, `rtpengine/…`, `postgres/…`), which is where the roles look. Secrets stand
as tokens in the files that `secret_files` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, TextFile
from provisioner.core.storage import MEGABYTE
from provisioner.provider import Chat
from provisioner.targets import nginx, rtpengine
from provisioner.targets.chat import server
from provisioner.targets.kamailio import configuration, schema
from provisioner.targets.kamailio.platform import EdgePlatform
from provisioner.targets.video import server as stage


def edge(
    facts: EdgePlatform,
    home: str = "",
    homes: Mapping[str, str] | None = None,
    *,
    chat: Chat | None = None,
    video: bool = False,
    pods: bool = False,
) -> Bundle:
    """An edge node: Kamailio, rtpengine and nginx, and ejabberd and LiveKit where it carries chat and video.

    `chat` is what it carries of chat. With `pods` the daemons run without rights of the machine. `home` is the core of
    tenants that `homes` does not name; the first where neither is said.
    """
    served = rtpengine.Settings(facts.private_address, facts.public_address, first_served=not pods)
    media = rtpengine.render(served)
    kamailio = configuration.render(facts)
    address_of = {each.name: each.address for each in facts.cores}
    elsewhere = {slug: address_of[core] for slug, core in (homes or {}).items() if core in address_of}
    rooms = nginx.Rooms(stage.SIGNAL_PORT, stage.DOOR_PORT, stage.PATH)
    core = address_of.get(home, facts.cores[0].address)
    files = chat.files if chat else None
    web = nginx.render(
        nginx.Settings(
            facts.public_address,
            core,
            elsewhere,
            chat=chat is not None,
            largest_file=files.largest if files else 0,
            rooms=rooms if video else None,
        )
    )
    rendered = {"kamailio": kamailio.files, "rtpengine": media.files, "nginx": web.files}
    if video:
        rendered["livekit"] = stage.render(stage.Settings(facts.public_address, facts.public_name)).files
    if chat:
        kept = server.Files(files.folder, files.largest * MEGABYTE, files.days) if files else None
        settings = server.Settings(facts.public_address, facts.public_name, kept)
        rendered["ejabberd"] = server.render(settings).files
    return Bundle("", "edge", tuple(file for folder, files in rendered.items() for file in _under(folder, files)))


def data() -> Bundle:
    """The data node: PostgreSQL with the edge's database."""
    return Bundle("", "data", tuple(_under("postgres", schema.files())))


def secret_files(bundle: Bundle) -> tuple[str, ...]:
    """The paths whose tokens must be filled on the way to the node."""
    return tuple(file.path for file in bundle.files if secrets.handles(file.text))


def _under(folder: str, files: Iterable[TextFile]) -> Iterator[TextFile]:
    return (replace(file, path=f"{folder}/{file.path}") for file in files)
