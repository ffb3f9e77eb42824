"""Applications of the dialplan that a caller notices, and what each becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from provisioner.pipeline.importing.company import international

from . import tenant
from .dialplan import At, Step, split
from .tenant import EXTENSION, WITHOUT_EFFECT
from .walk import NORMAL, Here, Walk, Way

KEYS = "1234567890*#"
LONGEST = 300
"""How long a telephone rings at most, in seconds."""
TELLING = {"g": "the call goes on after the conversation", "U": "a routine on answer", "M": "a macro on answer"}
"""Options of Dial that callers would miss."""
ANNOUNCES = ("playback", "background")


def playback(walk: Walk, here: Here, step: Step) -> Way:
    sounds = split(step.args)[0]
    name, ref = walk.begin("announcements", "announcement", sounds.split("&")[0].rpartition("/")[2] or "announcement")
    said = walk.prompt(sounds, step.place)
    walk.put("announcements", name, step.place, prompt=said, then=walk.goes(here.next()))
    return ref


def background(walk: Walk, here: Here, step: Step) -> Way:
    """A menu: what is played until `WaitExten`, and the keys that the context knows."""
    sounds, waits, after = [split(step.args)[0]], 0, here.next()
    while (following := walk.plan.step(after.at)) and following.app in (*WITHOUT_EFFECT, "background", "waitexten"):
        walk.used.add(following.place)
        said = split(walk.said(following.args, after))
        after = after.next()
        if following.app == "background":
            sounds.append(said[0])
        elif following.app == "waitexten":
            waits = max(1, min(int(said[0]), 60)) if re.fullmatch(r"[0-9]{1,3}", said[0]) else 5
            break
    context = here.at.context
    keys = [each for each in KEYS if walk.plan.has(context, each)]
    if not keys:
        walk.tell(step.place, f"no key leads anywhere in {context}, so what is played is an announcement")
        return playback(walk, here, step)
    name, ref = walk.begin("ivr", "ivr", context)
    fields: dict[str, Any] = {"prompt": walk.prompt("&".join(sounds), step.place), "timeout": f"{waits or 1}s"}
    fields["keys"] = {key: _back(walk.goes(Here(At(context, key))), ref) for key in keys}
    fields["dial"] = _dial(walk, context, keys, step)
    # Without WaitExten, and without anything said for silence, Asterisk ends the call.
    silent = _reaction(walk, context, "t", ref) if waits else {"destination": walk.goes(after)}
    wrong = _reaction(walk, context, "i", ref)
    if "destination" not in silent or "destination" not in wrong:
        fields["attempts"] = 9
        walk.tell(step.place, f"{ref} asks again for ever in Asterisk, here nine times")
    walk.put(
        "ivr", name, step.place, **fields, no_input=silent, invalid=wrong, exhausted=silent.get("destination", NORMAL)
    )
    return ref


def _back(destination: str, menu: str) -> str:
    return "repeat" if destination == menu else destination


def _reaction(walk: Walk, context: str, digits: str, menu: str) -> dict[str, str]:
    """What silence (`t`) or a wrong key (`i`) does; an empty one asks again."""
    here = Here(At(context, digits))
    if not walk.plan.has(context, digits):
        return {"destination": NORMAL}
    heard = ""
    while (step := walk.plan.step(here.at)) and step.app in (*WITHOUT_EFFECT, *ANNOUNCES, "goto"):
        if step.app in ANNOUNCES:
            if heard:
                break
            heard = split(walk.said(step.args, here))[0]
        jump = walk.target(walk.said(step.args, here), here) if step.app == "goto" else None
        if jump and walk.goes(jump) == menu:
            walk.used.update(_places(walk, Here(At(context, digits)), here))
            return {"prompt": walk.prompt(heard, step.place)} if heard else {}
        if step.app == "goto":
            break
        here = here.next()
    destination = walk.goes(Here(At(context, digits)))
    return {} if destination == menu else {"destination": destination}


def _places(walk: Walk, first: Here, last: Here) -> list[str]:
    steps = (walk.plan.step(At(first.at.context, first.at.digits, n)) for n in range(1, last.at.priority + 1))
    return [each.place for each in steps if each]


def _dial(walk: Walk, context: str, keys: list[str], step: Step) -> dict[str, Any]:
    """Extensions that callers may key in while the menu listens."""
    named = {digits for each in walk.plan.contexts.values() for digits in each.extens if EXTENSION.fullmatch(digits)}
    named |= {each.extension for each in walk.who.people.values()}
    open_to = [each for each in named if walk.plan.has(context, each)]
    if clash := sorted({each[0] for each in open_to} & set(keys)):
        walk.tell(
            step.place,
            f"extensions that begin with {', '.join(clash)} cannot be keyed in, for these are keys of the menu",
        )
    told = sorted(each for each in open_to if each[0] not in keys)
    return {"extensions": told} if told else {}


def dial(walk: Walk, here: Here, step: Step) -> Way:
    """A user at her own extension; elsewhere a user where calls go on alike, else a group that rings."""
    parts = [*split(step.args), "", "", ""]
    for option, meaning in TELLING.items():
        if option in re.sub(r"\([^)]*\)", "", parts[2]):
            walk.tell(step.place, f"Dial's option {option} ({meaning}) is not carried over")
    members = [each for target in parts[0].split("&") for each in _rung(walk, target, step)]
    rings = min(int(parts[1]), LONGEST) if re.fullmatch(r"[0-9]{1,5}", parts[1]) else LONGEST
    user = members[0].removeprefix("user:") if len(members) == 1 and members[0].startswith("user:") else ""
    if user and walk.who.own[user] == here.at:
        return _at_her_own(walk, here, user, rings)
    if not members:
        return here.next("CHANUNAVAIL")
    after = here.next("NOANSWER")
    if user and _alike(walk, here, user, rings):
        return f"user:{user}"
    if members[0].startswith("number:") and len(members) == 1 and walk.plan.step(after.at) is None:
        return members[0]
    name, ref = walk.begin("ring_groups", "ring_group", here.title)
    ways = {status: walk.goes(here.next(status)) for status in ("NOANSWER", "BUSY", "CHANUNAVAIL")}
    if len(set(ways.values())) > 1:
        walk.tell(
            step.place, f"{ref} goes on at {ways['NOANSWER']} whether nobody answers, all are busy or nobody is there"
        )
    walk.put(
        "ring_groups", name, step.place, members=members, ring_time=f"{max(rings, 5)}s", no_answer=ways["NOANSWER"]
    )
    return ref


def _rung(walk: Walk, target: str, step: Step) -> list[str]:
    local = re.match(r"local/([0-9]{2,6})@", target.strip(), re.IGNORECASE)
    if user := walk.who.of_extension(local[1]) if local else walk.who.of_device(target):
        return [f"user:{user}"]
    outside = re.match(r"[a-z0-9]+/(?:[\w-]+/)?(?:sip:)?(\+?[0-9]{5,})(?:@|$)", target.strip(), re.IGNORECASE)
    if number := international(outside[1], walk.country) if outside else "":
        return [f"number:{number}"]
    walk.tell(step.place, f"{target} is no user's device and no public number, so it does not ring")
    return []


def _at_her_own(walk: Walk, here: Here, user: str, rings: int) -> str:
    person = walk.who.people[user]
    person.ring_time = max(rings, 5)
    walk.mean(f"user:{user}")
    person.forwarding = _after(walk, here)
    return f"user:{user}"


def _after(walk: Walk, here: Here) -> dict[str, str]:
    statuses = {"no_answer": "NOANSWER", "busy": "BUSY", "unreachable": "CHANUNAVAIL"}
    return {key: walk.goes(here.next(status)) for key, status in statuses.items()}


def _alike(walk: Walk, here: Here, user: str, rings: int) -> bool:
    """Whether a call that rings her here goes on as one to her own extension does."""
    person = walk.who.people[user]
    if not person.forwarding:
        walk.goes(Here(walk.who.own[user]))
    return person.ring_time == max(rings, 5) and person.forwarding == _after(walk, here)


def queue(walk: Walk, here: Here, step: Step) -> Way:
    parts = [*split(step.args), "", "", "", "", ""]
    section = walk.queues.get(parts[0])
    if section is None:
        walk.tell(step.place, f"queues.conf has no queue {parts[0]!r}, so calls go on")
        return here.next()
    fields = tenant.queue(section, walk.who, walk.made.left)
    if not fields["members"]:
        walk.tell(
            step.place, f"queue {parts[0]} has no members that are known (they may log in by phone), so calls go on"
        )
        return here.next()
    name, ref = walk.begin("queues", "queue", parts[0])
    walk.things.setdefault(("queue", parts[0]), []).append(ref)
    after = walk.goes(here.next(""))
    if not re.fullmatch(r"[1-9][0-9]{0,4}", parts[4]):
        walk.tell(step.place, f"callers wait in {ref} for ever in Asterisk, here two hours")
    waits = min(max(int(parts[4]), 10), 7200) if re.fullmatch(r"[1-9][0-9]{0,4}", parts[4]) else 7200
    ways = {"timeout": after, "empty": after, **({"full": after} if "max_waiting" in fields else {})}
    if section.get("joinempty", "yes").lower() in ("yes", "true"):
        walk.tell(step.place, f"callers of {ref} go on at once while no member is logged in; in Asterisk they wait")
    walk.put("queues", name, step.place, **fields, timeout=f"{waits}s", overflow=ways)
    return ref


def voicemail(walk: Walk, _here: Here, step: Step) -> Way:
    """A user's mailbox, or one that is nobody's extension; whoever reads its mail is its member."""
    box = split(step.args)[0].split("&")[0].partition("@")[0]
    if user := walk.who.of_extension(box):
        walk.who.people[user].voicemail = True
        return f"voicemail:{user}"
    place, title, email = walk.boxes.get(box, (step.place, "", ""))
    if known := walk.things.get(("mailbox", box)):
        return known[0]
    name, ref = walk.begin("voicemail", "voicemail", title or box)
    walk.things["mailbox", box] = [ref]
    members = [each.slug for each in walk.who.people.values() if email and each.email == email]
    made = walk.put("voicemail", name, place, title=title, members=members)
    if not members:
        made.todo.append("members: the users who may listen")
        walk.tell(place, f"nothing says who may listen to mailbox {box}, so {ref} has no members yet")
    if email:
        made.fields["notify"] = {"mail": [email]}
    return ref


def conference(walk: Walk, _here: Here, step: Step) -> Way:
    parts = split(step.args)
    if known := walk.things.get(("room", parts[0])):
        return known[0]
    name, ref = walk.begin("conferences", "conference", parts[0])
    walk.things["room", parts[0]] = [ref]
    walk.put("conferences", name, step.place, pin=False, wait_for_leader=False)
    if any(parts[1:]):
        walk.tell(step.place, f"the profiles of {ref} are not carried over: no PIN, nobody is waited for")
    return ref


def voicemail_main(walk: Walk, _here: Here, step: Step) -> Way:
    walk.tell(step.place, "users hear their messages by *98 here (`pbx codes` lists all)")
    return NORMAL


APPS: dict[str, Callable[[Walk, Here, Step], Way]] = {
    "playback": playback,
    "background": background,
    "dial": dial,
    "queue": queue,
    "voicemail": voicemail,
    "voicemailmain": voicemail_main,
    "confbridge": conference,
}
