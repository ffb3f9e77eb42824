"""How a tenant's names become Asterisk's. One rule for all rooms, so that they can meet by name alone.

The separator is a dot, which neither slugs nor names may contain: two tenants can never collide.
"""

from __future__ import annotations

from provisioner.core import lights
from provisioner.core.refs import Ref


def context(slug: str, *parts: str) -> str:
    """A context of the tenant: `context("klinik", "ivr", "main")` is `klinik.ivr.main`."""
    return ".".join((slug, *parts))


def destination(slug: str, ref: Ref) -> tuple[str, str]:
    """Context and extension where a call for `ref` goes in, at priority 1.

    Named things have a context of their own with extension `s`. Numbers and reasons for hanging up are extensions of
    one context each, because nobody declares them; users and mailboxes are, because there are so many of them.
    """
    if ref.kind in ("number", "hangup", "user", "voicemail"):
        # Some single letters are Asterisk's own extensions, such as `h` for the end of a call.
        return context(slug, ref.kind), ref.name if len(ref.name) > 1 else f"{ref.name}_"
    return context(slug, ref.kind, ref.name), "s"


def queue(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def music_class(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def line(slug: str, user: str) -> str:
    """The name under which the platform counts a user's calls through the core."""
    return f"{slug}.{user}"


def device_state(slug: str, user: str) -> str:
    """The custom device state that tells whether a user is on any call through the core, or rings; it is her light."""
    return light(lights.of_line(slug, user))


MOBILE = "mobile"
"""The tenant's context that knows the users whose mobile telephones ring along."""

RINGS = "rings-"
"""The beginning of the key in the tenant's family that holds which telephones of a user ring, where that is not all."""

ENGAGED = "engaged"
"""The tenant's context that tells whether calls to a user find her busy while she is on one."""

CALL_WAITING = "call-waiting-"
"""The beginning of the key in the tenant's family that holds `on` or `off` where a user has chosen by phone."""

MAILBOX = "mailbox-"
"""The beginning of the key in the tenant's family that holds `off` where a user has turned her mailbox off."""

FOR_COLLEAGUES = "user-inside"
"""The tenant's context of users whose calls by colleagues go other ways than those from outside."""

ENGAGED_LINE = "Local/s@pbx.engaged/n"
"""What is rung in place of the telephones of a user who is on a call and takes no second one: it is busy."""

CONTACTS = "contacts"
"""The tenant's context that knows the names of callers from outside, by their numbers."""

PIN = "pin"
"""The tenant's context that asks a user for her PIN."""

AT_EDGE = "at-edge"
"""The tenant's context that knows the users whose telephones ring under an earlier name."""

NUMBER_ALONE = "number-alone"
"""The tenant's context that knows the users whose telephones show no name of callers."""

LIGHTS = "pbx.lights"
"""The context in which Asterisk looks for the lights that telephones watch, by their names (`core.lights`)."""


def subscribed(slug: str, name: str) -> str:
    """What the edge asks for when a telephone wants summaries of messages: `name` is a user, or `<user>.<code>`."""
    return f"{slug}.{name}"


def light(name: str) -> str:
    """The custom device state of a light of `core.lights`, whose name is also the extension that the edge asks for.

    Names hold no hyphen, which Asterisk would read over in an extension, and two dots at least, which keep the state
    when those of lines are forgotten at a start.
    """
    return f"Custom:{name}"


def mailbox(slug: str, box: str) -> str:
    return f"{box}@{slug}"


SOUNDS = "/var/lib/asterisk/sounds/pbx"
"""Where a core node keeps sounds, each named by its content."""


def sound(digest: str) -> str:
    """What Playback() and Background() are given for a sound named by its recipe's digest.

    An absolute name: Asterisk then looks in one place and not first in a folder for the caller's language.
    """
    return f"{SOUNDS}/{digest[:2]}/{digest}"


PROMPTS = "/var/spool/asterisk/prompts"
"""Where a core node keeps what users recorded by phone, a folder for each tenant."""


def recorded(slug: str, prompt: str, language: str) -> str:
    """A sound that users may record: a file of its own once somebody has, until then a link to the declared one."""
    return f"{PROMPTS}/{slug}/{of_prompt(prompt, language)}"


ALL_LANGUAGES = "all"


def of_prompt(prompt: str, language: str) -> str:
    """Names a sound of a tenant's prompt on its core node: `welcome/sv`."""
    return f"{prompt}/{language or ALL_LANGUAGES}"


def own_greeting(slug: str, box: str) -> str:
    """The sound that the owner of a mailbox recorded by phone, where there is one."""
    return f"/var/spool/asterisk/voicemail/{slug}/{box}/unavail"


def database_family(slug: str) -> str:
    """The AstDB family of what the tenant's users live with: night switch, log-ins, clock of the test environment."""
    return f"pbx/{slug}"


def agent(slug: str, member: Ref) -> str:
    """A dial string that rings a member of a queue: as `ring`, and whoever answers a public number is asked first."""
    return f"Local/{member.name}@{context(slug, 'agent')}/n"


CALLED_FOR_HELP = "called-for-help"
"""The key in the tenant's family that holds when somebody last called an emergency number, in seconds since 1970."""

RECORDINGS = "/var/spool/asterisk/recordings"
"""Where a core node keeps recorded calls, a folder for each tenant."""


def call_backs(slug: str) -> str:
    """The AstDB family of numbers that callers left and nobody has called yet: `<epoch>-<channel>` → menu, number."""
    return f"{database_family(slug)}/call-backs"


def ring(slug: str, ref: Ref) -> str:
    """A dial string that rings a user's telephones or a public number, without the user's own forwarding.

    Both go through contexts of the tenant (`<slug>.ring`, `<slug>.number`), so that caller ID, device state and call
    records are made in one place. `/n` keeps the leg in the path, which device state needs.
    """
    context_name = context(slug, "ring") if ref.kind == "user" else context(slug, ref.kind)
    return f"Local/{ref.name}@{context_name}/n"


def conference(slug: str, name: str) -> str:
    """What ConfBridge knows a conference by: no two tenants can meet in one."""
    return f"{slug}.{name}"


def conference_music(slug: str, name: str) -> str:
    return music_class(slug, f"conference.{name}")


def conference_wrong(slug: str, name: str) -> str:
    """The AstDB entry that counts wrong PINs of a conference."""
    return f"{database_family(slug)}/conference-wrong-{name}"
