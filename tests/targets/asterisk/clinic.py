"""The objects of a small tenant, as several rooms would say them."""

from __future__ import annotations

from provisioner.core import lights
from provisioner.core.artifacts import Recording, Speech, recipe_digest
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming, text
from provisioner.targets.asterisk.objects import (
    AsteriskObject,
    Include,
    Lamp,
    Mailbox,
    MusicClass,
    Queue,
    Route,
    Sound,
    Step,
    Steps,
)

SLUG, DOMAIN = "klinik", "klinik.example"
OFFICE = naming.light(lights.of_switch(SLUG, "office")[0])
WELCOME = Speech("Välkommen till kliniken.", "sv")
WALTZ = Recording("prompts/waltz.wav", "5f" * 32)
EVIL = 'Evil ${SHELL(touch /tmp/x)} "quoted", (bracket) $[1+1]; #exec\n#include <x> {{secret:other/pin}} \\'


def objects() -> list[AsteriskObject]:
    say = Steps(SLUG)
    ivr = Ref("ivr", "main")
    context, start = naming.destination(SLUG, ivr)
    welcome = naming.sound(recipe_digest(WELCOME))
    return [
        Route(
            context,
            start,
            (
                say.enter(ivr, ("ivr", "main")),
                Step("Answer"),
                Step("BackGround", welcome, label="ask", source=("ivr", "main", "prompt")),
                Step("WaitExten", "5"),
            ),
            ("ivr", "main"),
        ),
        Route(context, "1", (say.goto(Ref("queue", "nurse"), ("ivr", "main", "keys", "1")),), ("ivr", "main", "keys")),
        Route(context, "t", (say.goto(Ref("voicemail", "info")),), ("ivr", "main", "no_input")),
        Route(
            "klinik.queue.nurse",
            "s",
            (
                say.enter(Ref("queue", "nurse")),
                Step("Queue", "klinik.nurse,tn,,,120"),
                say.goto(Ref("voicemail", "info")),
            ),
            ("queues", "nurse"),
        ),
        Route(
            "klinik.voicemail",
            "info",
            (say.enter(Ref("voicemail", "info")), Step("VoiceMail", "info@klinik,u"), Step("Hangup")),
            ("voicemail", "info"),
        ),
        say.ring("anna", DOMAIN, ("users", "anna")),
        Route(
            "klinik.identity",
            "anna",
            (
                Step("Set", f"CALLERID(name)={text.literal(EVIL)}", source=("users", "anna", "name")),
                Step("Verbose", f"1,{text.argument(EVIL)}"),
                Step("Return"),
            ),
            ("users", "anna"),
        ),
        Route(
            "klinik.number",
            "_+X.",
            (say.dial_public("${EXTEN}", ring_time=60), Step("Hangup", "${HANGUPCAUSE}")),
            ("outbound",),
        ),
        Include("klinik.outgoing", "klinik.extensions", rank=30, source=("outbound",)),
        Include("klinik.outgoing", "klinik.emergency", rank=10, source=("outbound",)),
        Route("klinik.extensions", "101", (say.goto(Ref("ivr", "main")),), ("ivr", "main", "extension")),
        Queue(
            "klinik.nurse",
            (("strategy", "ringall"), ("musicclass", "klinik.nurse"), ("timeout", "15"), ("ringinuse", "no")),
            ("queues", "nurse"),
        ),
        Mailbox(
            SLUG, "info", "Info, läkare; #1\n$", "info@klinik.example", "klinik/voicemail/info",
            (("attach", "yes"), ("maxsecs", "180")), ("voicemail", "info"),
        ),
        Mailbox(SLUG, "anna", "Anna Berg", source=("users", "anna", "voicemail")),
        MusicClass("klinik.nurse", (WALTZ, WELCOME), ("queues", "nurse", "music")),
        Sound(WELCOME, ("prompts", "welcome")),
        Route("klinik.service", "*28", (say.shine(OFFICE, Lamp.LIT), Step("Hangup"))),
    ]  # fmt: skip
