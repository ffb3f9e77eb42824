"""How a tenant's names become Asterisk's. One rule for all rooms, so that they can meet by name alone.

The separator is a dot, which neither slugs nor names may contain: two tenants can never collide.
"""

from __future__ import annotations

from provisioner.core.refs import Ref


def context(slug: str, *parts: str) -> str:
    """A context of the tenant: `context("klinik", "ivr", "main")` is `klinik.ivr.main`."""
    return ".".join((slug, *parts))


def destination(slug: str, ref: Ref) -> tuple[str, str]:
    """Context and extension where a call for `ref` goes in, at priority 1.

    Named things have a context of their own with extension `s`; numbers and reasons for hanging up are extensions of
    one context each, because nobody declares them.
    """
    if ref.kind in ("number", "hangup"):
        return context(slug, ref.kind), ref.name
    return context(slug, ref.kind, ref.name), "s"


def queue(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def music_class(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def line(slug: str, user: str) -> str:
    """The name under which the platform counts a user's calls through the core."""
    return f"{slug}.{user}"


def device_state(slug: str, user: str) -> str:
    """The custom device state that tells whether a user is on any call through the core."""
    return f"Custom:{line(slug, user)}"


def mailbox(slug: str, box: str) -> str:
    return f"{box}@{slug}"


SOUNDS = "/var/lib/asterisk/sounds/pbx"
"""Where a core node keeps sounds, each named by its content."""


def sound(digest: str) -> str:
    """What Playback() and Background() are given for a sound named by its recipe's digest.

    An absolute name: Asterisk then looks in one place and not first in a folder for the caller's language.
    """
    return f"{SOUNDS}/{digest[:2]}/{digest}"


def own_greeting(slug: str, box: str) -> str:
    """The sound that the owner of a mailbox recorded by phone, where there is one."""
    return f"/var/spool/asterisk/voicemail/{slug}/{box}/unavail"


def database_family(slug: str) -> str:
    """The AstDB family of what the tenant's users live with: night switch, log-ins, clock of the test environment."""
    return f"pbx/{slug}"


def ring(slug: str, ref: Ref) -> str:
    """A dial string that rings a user's telephones or a public number, without the user's own forwarding.

    Both go through contexts of the tenant (`<slug>.ring`, `<slug>.number`), so that caller ID, device state and call
    records are made in one place. `/n` keeps the leg in the path, which device state needs.
    """
    context_name = context(slug, "ring") if ref.kind == "user" else context(slug, ref.kind)
    return f"Local/{ref.name}@{context_name}/n"
