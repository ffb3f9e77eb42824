#!/usr/bin/python3
"""What users record in place of prompts: `<folder>/<tenant>/<prompt>/<language>.wav` below the spool.

What they record for their activities, `<folder>/<tenant>/<user>/<activity>.wav`, is levelled and kept in the same way.
A file there was recorded; a link leads to the sound that the tenant's file declares and that an apply lays down. Each
change is one rename, so a caller hears the old sound or the new one, whole, and a call in progress goes on with the
old.

The dialplan calls `level`, `keep` and `drop` through Asterisk's gateway interface and finds the outcome in PBX_DONE;
`pbx prompt` calls `list`, `put` and `reset`. Levels are in dBFS, as `provisioner/adapters/sounds/level.py` measures
them.
"""

import array
import contextlib
import io
import json
import math
import os
import pwd
import re
import sys
import tempfile
import time
import wave
from pathlib import Path

PROMPTS = Path("/var/spool/asterisk/prompts")
ACTIVITIES = Path("/var/spool/asterisk/activities")
SOUNDS = Path("/var/lib/asterisk/sounds/pbx")
TENANTS = Path("/etc/asterisk/pbx/tenants")

RATE = 8000
FRAME = RATE // 50
SILENT = -50.0
"""A recording that is nowhere louder holds nothing."""
GATE = 10**-1.59
"""Frames of less than this part of the active level are pauses (ITU-T P.56)."""
LOUDNESS, MOST_GAIN = -20.0, 40.0
KNEE = 0.7
"""Of full scale: what is louder is bent and not cut."""
SHORTEST = 0.3
MARGIN = RATE // 10
LEFT_BEHIND = 3600
"""Seconds after which what lies aside was left by a machine that went down."""

NAME = re.compile(r"[a-z0-9-]{1,40}/(all|[a-z]{2}(-[A-Z]{2})?)")
MESSAGE = re.compile(r"[a-z0-9-]{1,40}/[a-z0-9-]{1,40}")
"""User and activity."""
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


def samples(wav: bytes) -> array.array:
    """Raises wave.Error where it is not in the telephone's form."""
    with wave.open(io.BytesIO(wav)) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE, 2, 1):
            raise wave.Error("not 8 kHz, 16 bits, one channel")
        found = array.array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        found.byteswap()
    return found


def written(path: Path, sound: array.array) -> None:
    with path.open("wb") as stream, wave.open(stream, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        if sys.byteorder == "big":
            sound.byteswap()
        file.writeframes(sound.tobytes())


def levelled(sound: array.array) -> array.array | None:
    """Without the pauses around it and as loud as all prompts; None where nobody said anything."""
    powers = [power(sound[at : at + FRAME]) for at in range(0, len(sound) - FRAME + 1, FRAME)]
    if max(powers, default=0.0) < 10 ** (SILENT / 10):
        return None
    active = mean_of_active(powers)
    said = [index for index, each in enumerate(powers) if each >= active * GATE]
    if len(said) * FRAME < SHORTEST * RATE:
        return None
    gain = 10 ** (min(LOUDNESS - 10 * math.log10(active), MOST_GAIN) / 20)
    kept = sound[max(said[0] * FRAME - MARGIN, 0) : (said[-1] + 1) * FRAME + MARGIN]
    return array.array("h", (bent(each * gain / 32768) for each in kept))


def mean_of_active(powers: list[float]) -> float:
    """Of the frames that are not far under what they come to themselves."""
    found, before = sum(powers) / len(powers), 0.0
    while found > before * 1.0001:
        active = [each for each in powers if each >= found * GATE]
        found, before = sum(active) / len(active), found
    return found


def power(frame: array.array) -> float:
    return sum(each * each for each in frame) / (len(frame) * 32768.0**2)


def bent(value: float) -> int:
    size = abs(value)
    if size > KNEE:
        size = KNEE + (1 - KNEE) * math.tanh((size - KNEE) / (1 - KNEE))
    return round(math.copysign(size, value) * 32767)


def level(path: Path) -> bool:
    found = levelled(samples(path.read_bytes()))
    if found:
        written(path, found)
    return found is not None


def keep(path: Path, target: Path) -> bool:
    inside(target, ACTIVITIES, MESSAGE) if target.is_relative_to(ACTIVITIES) else inside(target)
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    path.replace(target)
    sweep(path.parent)
    return True


def drop(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def sweep(aside: Path) -> None:
    for left in aside.glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                left.unlink()


def inside(path: Path, folder: Path | None = None, name: re.Pattern[str] = NAME) -> None:
    *home, slug, first, second = path.with_suffix("").parts
    if Path(*home) != (folder or PROMPTS) or not SLUG.fullmatch(slug) or not name.fullmatch(f"{first}/{second}"):
        raise ValueError(f"{path} is no place of a recording")


def declared(slug: str) -> dict[str, Path]:
    """Prompt and language → the sound that the tenant's file declares."""
    try:
        manifest = json.loads((TENANTS / slug / "sounds.json").read_bytes())
    except FileNotFoundError:
        return {}
    return {
        name: SOUNDS / digest[:2] / f"{digest}.wav"
        for digest, facts in manifest.items()
        for name in facts.get("seeds", ())
    }


def listed(slug: str) -> list[dict]:
    """Every sound that was recorded, also of prompts that the file does not have any more."""
    found = []
    for path in sorted((PROMPTS / slug).glob("*/*.wav")):
        name = "/".join(path.with_suffix("").parts[-2:])
        if path.is_symlink() or not NAME.fullmatch(name):
            continue
        facts = path.stat()
        found.append({"name": name, "at": int(facts.st_mtime), "seconds": (facts.st_size - 44) / 2 / RATE})
    return found


def put(slug: str, name: str, wav: bytes) -> None:
    samples(wav)
    target = PROMPTS / slug / f"{name}.wav"
    inside(target)
    user = pwd.getpwnam("asterisk")
    for home in (target.parent.parent, target.parent):
        home.mkdir(mode=0o750, parents=True, exist_ok=True)
        os.chown(home, user.pw_uid, user.pw_gid)
    descriptor, fresh = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(wav)
        os.fchown(descriptor, user.pw_uid, user.pw_gid)
        os.fchmod(descriptor, 0o640)
    Path(fresh).replace(target)


def reset(slug: str, name: str) -> None:
    target = PROMPTS / slug / f"{name}.wav"
    inside(target)
    if seed := declared(slug).get(name):
        beside = target.with_name(f".new-{os.getpid()}")
        beside.symlink_to(seed)
        beside.replace(target)
    else:
        target.unlink(missing_ok=True)


def for_the_dialplan(verb: str, paths: list[str]) -> None:
    for line in sys.stdin:
        if not line.strip():
            break
    work = {"level": level, "keep": keep, "drop": drop}[verb]
    try:
        done = work(*map(Path, paths))
    except (OSError, ValueError, wave.Error, EOFError) as error:
        print(f"VERBOSE {json.dumps(f'recorded_prompts: {error}')} 1", flush=True)
        sys.stdin.readline()
        done = False
    print(f"SET VARIABLE PBX_DONE {'yes' if done else 'no'}", flush=True)
    sys.stdin.readline()


def for_people(verb: str, slug: str, names: list[str]) -> None:
    if not SLUG.fullmatch(slug):
        raise SystemExit(f"{slug!r} is no tenant")
    if verb == "list":
        print(json.dumps(listed(slug)))
    elif verb == "put":
        put(slug, *names, sys.stdin.buffer.read())
    else:
        reset(slug, *names)


if __name__ == "__main__":
    if sys.argv[1] in ("level", "keep", "drop"):
        for_the_dialplan(sys.argv[1], sys.argv[2:])
    else:
        for_people(sys.argv[1], sys.argv[2], sys.argv[3:])
