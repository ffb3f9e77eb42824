"""Members who log in and out of queues and ring groups: what they live with, and the dialplan that changes it.

The file says who may ring and how each one begins; from then on the state is the members' own, kept in AstDB under
`pbx/<slug>/agents/<kind>/<name>/<member>` as `in` or `out`, and no apply touches it. A queue's members are dynamic
ones of Asterisk, so its own memory of who is there, and who pauses, outlives restarts, and a reload of the queues of
any tenant takes nobody's wrap-up or order of turns away. `<slug>.agents` brings queues in line with a new file.

Each queue and group has a context `<slug>.<kind>.<name>.agents`: a member's name changes that member by the verb in
ARG1, `*in*anna` does so from the console, `1` is behind the phone codes, `0` brings the queue in line. The code for
another, such as `*22910*101`, is also what a key watches to show whether that member is there. The light
(`core.lights`) is a fact of the member; of one whom the file no longer knows it is made anew, where it is short enough
to be written out, so that keys go dark at once.

A member none of whose telephones is registered counts as unreachable for ten seconds, then is tried again; at once
where somebody hangs up all channels meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from provisioner.core import lights
from provisioner.core.artifacts import Recipe
from provisioner.core.codes import for_another
from provisioner.core.feature import Scope
from provisioner.core.records import record
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken

from . import naming
from .objects import AsteriskObject, Route, Sound, Step
from .playing import heard

VERBS = ("in", "out", "pause", "resume")

SAID: Mapping[str, Mapping[str, Recipe]] = {
    "in": spoken(sv="Inloggad.", en="Logged in."),
    "out": spoken(sv="Utloggad.", en="Logged out."),
    "pause": spoken(sv="Pausad.", en="Paused."),
    "away": spoken(sv="Inte inloggad.", en="Not logged in."),
    "denied": spoken(sv="Det har du inte behörighet till.", en="You are not permitted to do that."),
}


@record
class Seat:
    """A member's place in a queue or group, as Asterisk sees it."""

    member: Ref
    interface: str
    penalty: int = 0
    logged_in: bool = True
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """All places of one queue or group; `linear` keeps the order of the list for a queue that rings by it."""

    ref: Ref
    seats: tuple[Seat, ...]
    administrators: tuple[Ref, ...] = ()
    linear: bool = False
    extension: str = ""
    """What is dialled behind the phone codes."""
    verbs: Mapping[str, str] = field(default_factory=dict)
    """phone code → what it does to the member."""
    source: Path | None = None


def context(slug: str, ref: Ref) -> str:
    return naming.context(slug, ref.kind, ref.name, "agents")


def is_out(slug: str, ref: Ref, member: str) -> str:
    """An expression that holds while the member is logged out."""
    return f'"${{DB({naming.database_family(slug)}/agents/{ref.kind}/{ref.name}/{member})}}" = "out"'


def routes(all_seats: Seats, scope: Scope) -> Iterator[AsteriskObject]:
    """Everything by which the members of one queue or group come and go."""
    home, source = context(scope.slug, all_seats.ref), all_seats.source
    for index, seat in enumerate(all_seats.seats):
        behind = "&".join(each.member.name for each in all_seats.seats[index + 1 :]) if all_seats.linear else ""
        facts = (
            scope.slug, all_seats.ref.kind, all_seats.ref.name, seat.member.name, seat.interface, str(seat.penalty),
            naming.device_state(scope.slug, seat.member.name), behind,
            naming.light(lights.of_member(scope.slug, all_seats.ref, seat.member.name)),
        )  # fmt: skip
        steps = (Step("Gosub", f"pbx.agent,${{ARG1}},1({','.join(facts)})"), Step("Return"))
        yield Route(home, seat.member.name, steps, seat.source or source)
    console = (
        Step("Gosub", f"{home},${{CUT(EXTEN,*,3)}},1(${{CUT(EXTEN,*,2)}})"),
        Step("Hangup"),
    )
    yield Route(home, f"_*[{''.join(sorted({verb[0] for verb in VERBS}))}].", console, source)
    yield Route(home, "0", tuple(_in_line(all_seats, scope, home)), source)
    yield Route(home, "1", tuple(_by_code(all_seats, scope, home)), source)
    yield from _codes(all_seats, scope, home)


def _codes(all_seats: Seats, scope: Scope, home: str) -> Iterator[AsteriskObject]:
    """`*22910` for oneself, `*22910*101` for the member with that extension."""
    if not all_seats.extension:
        return
    service = naming.context(scope.slug, "service")
    own = {ref: extension for extension, ref in scope.extensions.items()}
    for code, verb in all_seats.verbs.items():
        own_code = Step("Gosub", f"{home},1,1({verb},${{PBX_USER}})")
        yield Route(service, code + all_seats.extension, (own_code,), all_seats.source)
        for seat in all_seats.seats:
            if seat.member in own:
                step = Step("Gosub", f"{home},1,1({verb},{seat.member.name})", source=seat.source)
                yield Route(service, code + for_another(all_seats.extension, own[seat.member]), (step,), seat.source)


def _in_line(all_seats: Seats, scope: Scope, home: str) -> Iterator[Step]:
    declared = "&".join(seat.member.name for seat in all_seats.seats)
    ref = all_seats.ref
    if ref.kind == "queue":
        yield Step("Gosub", f"pbx.agent,prune,1({scope.slug},{ref.kind},{ref.name},{declared})")
    for seat in all_seats.seats:
        seed = "seed-in" if seat.logged_in else "seed-out"
        yield Step("Gosub", f"{home},{seat.member.name},1({seed})", source=seat.source)
    yield Step("Return")


def _by_code(all_seats: Seats, scope: Scope, home: str) -> Iterator[Step]:
    """ARG1 is the verb, ARG2 whose state it changes: the caller's own, or anybody's for an administrator."""
    permitted = " | ".join(
        ['"${PBX_USER}" = "${ARG2}"', *(f'"${{PBX_USER}}" = "{each.name}"' for each in all_seats.administrators)]
    )
    yield Step("Answer")
    yield Step("GotoIf", f'$["${{ARG2}}" = "" | !({permitted})]?denied')
    yield Step("GotoIf", f"$[${{DIALPLAN_EXISTS({home},${{ARG2}},1)}} = 0]?denied")
    yield Step("Gosub", f"{home},${{ARG2}},1(${{ARG1}})")
    yield Step("Goto", f"{naming.context(scope.slug, 'agents')},{all_seats.ref.kind}.said,1")
    yield Step("Set", "PBX_AGENT=denied", label="denied")
    yield Step("Goto", f"{naming.context(scope.slug, 'agents')},{all_seats.ref.kind}.said,1")


def common(refs: Sequence[Ref], scope: Scope) -> Iterator[AsteriskObject]:
    """What the queues, or the groups, of a tenant share: all are brought in line at once, and what members are told.

    Each kind has its own, because each room speaks for itself. A bundle that was laid down is followed by `queue` and
    `ring_group`; the time of day that they leave behind shows that they came to their end.
    """
    home, kind = naming.context(scope.slug, "agents"), refs[0].kind
    steps = tuple(Step("Gosub", f"{context(scope.slug, each)},0,1") for each in refs)
    done = Step("Set", f"DB({naming.database_family(scope.slug)}/in-line/{kind})=${{EPOCH}}")
    yield Route(home, kind, (*steps, done, Step("Hangup")))
    said = tuple(
        Step("ExecIf", f'$["${{PBX_AGENT}}" = "{state}"]?Playback({heard(sounds, scope.language)})')
        for state, sounds in SAID.items()
    )
    yield Route(home, f"{kind}.said", (*said, Step("Hangup")))
    for sounds in SAID.values():
        yield from (Sound(recipe) for recipe in sounds.values())


DIALPLAN = dedent("""\
    [pbx.agent]
    exten => in,1,Set(DB(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${ARG4})=in)
    same => n,Set(DEVICE_STATE(${ARG9})=INUSE)
    same => n,Set(PBX_AGENT=in)
    same => n,GotoIf($["${ARG2}" != "queue"]?done)
    same => n,AddQueueMember(${ARG1}.${ARG3},${ARG5},${ARG6},,${ARG4},${ARG7})
    same => n,GotoIf($["${AQMSTATUS}" != "ADDED"]?done)
    same => n,Set(LOCAL(behind)=${ARG8})
    same => n(next),Set(LOCAL(other)=${SHIFT(behind,&)})
    same => n,GotoIf($["${other}" = ""]?done)
    same => n,Set(LOCAL(seat)=Local/${other}@${ARG1}.agent/n)
    same => n,Set(LOCAL(there)=${QUEUE_MEMBER_LIST(${ARG1}.${ARG3})})
    same => n,GotoIf($["${LISTFILTER(there,\\,,${seat})}" = "${there}"]?next)
    same => n,Set(LOCAL(paused)=${QUEUE_MEMBER(${ARG1}.${ARG3},paused,${seat})})
    same => n,Set(LOCAL(penalty)=${QUEUE_MEMBER(${ARG1}.${ARG3},penalty,${seat})})
    same => n,RemoveQueueMember(${ARG1}.${ARG3},${seat})
    same => n,Set(LOCAL(option)=${IF($["${paused}" = "1"]?p)})
    same => n,Set(LOCAL(light)=${ARG1}.${other})
    same => n,Set(LOCAL(light)=Custom:${STRREPLACE(light,-,_)})
    same => n,AddQueueMember(${ARG1}.${ARG3},${seat},${penalty},${option},${other},${light})
    same => n,Goto(next)
    same => n(done),Return()
    exten => out,1,Set(DB(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${ARG4})=out)
    same => n,Set(DEVICE_STATE(${ARG9})=NOT_INUSE)
    same => n,Set(PBX_AGENT=out)
    same => n,ExecIf($["${ARG2}" = "queue"]?RemoveQueueMember(${ARG1}.${ARG3},${ARG5}))
    same => n,Return()
    exten => pause,1,Set(PBX_AGENT=away)
    same => n,PauseQueueMember(${ARG1}.${ARG3},${ARG5})
    same => n,GotoIf($["${PQMSTATUS}" != "PAUSED"]?done)
    same => n,Set(DEVICE_STATE(${ARG9})=RINGING)
    same => n,Set(PBX_AGENT=pause)
    same => n(done),Return()
    exten => resume,1,Set(PBX_AGENT=away)
    same => n,UnpauseQueueMember(${ARG1}.${ARG3},${ARG5})
    same => n,GotoIf($["${UPQMSTATUS}" != "UNPAUSED"]?done)
    same => n,Set(DEVICE_STATE(${ARG9})=INUSE)
    same => n,Set(PBX_AGENT=in)
    same => n(done),Return()
    exten => toggle,1,Goto(${IF($["${DB(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${ARG4})}" = "out"]?in:out)},1)
    exten => rest,1,Goto(${IF($["${DEVICE_STATE(${ARG9})}" = "RINGING"]?resume:pause)},1)
    exten => seed-in,1,GotoIf($["${DB(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${ARG4})}" = "out"]?out,1)
    same => n,Goto(seed,1)
    exten => seed-out,1,GotoIf($["${DB(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${ARG4})}" != "in"]?out,1)
    same => n,Goto(seed,1)
    exten => seed,1,GotoIf($["${ARG2}" != "queue"]?in,1)
    same => n,Set(LOCAL(there)=${QUEUE_MEMBER_LIST(${ARG1}.${ARG3})})
    same => n,GotoIf($["${LISTFILTER(there,\\,,${ARG5})}" = "${there}"]?in,1)
    same => n,Set(QUEUE_MEMBER(${ARG1}.${ARG3},penalty,${ARG5})=${ARG6})
    same => n,Return()
    exten => prune,1,Set(LOCAL(declared)=${ARG4})
    same => n,Set(LOCAL(there)=${QUEUE_MEMBER_LIST(${ARG1}.${ARG3})})
    same => n(next),Set(LOCAL(seat)=${SHIFT(there)})
    same => n,GotoIf($["${seat}" = ""]?done)
    same => n,Set(LOCAL(member)=${CUT(seat,/,2)})
    same => n,Set(LOCAL(member)=${CUT(member,@,1)})
    same => n,GotoIf($["${LISTFILTER(declared,&,${member})}" != "${declared}"]?next)
    same => n,RemoveQueueMember(${ARG1}.${ARG3},${seat})
    same => n,Set(LOCAL(gone)=${DB_DELETE(pbx/${ARG1}/agents/${ARG2}/${ARG3}/${member})})
    same => n,Set(LOCAL(light)=${ARG1}.${ARG2}.${ARG3}.${member})
    same => n,Set(DEVICE_STATE(Custom:${STRREPLACE(light,-,_)})=NOT_INUSE)
    same => n,Goto(next)
    same => n(done),Return()
    exten => unreachable,1,GotoIf($["${RINGTIME}" != "" | "${HANGUPCAUSE}" = "21"]?done)
    same => n,GotoIf(${REGEX("^(CHANUNAVAIL|NOANSWER)$" ${DIALSTATUS})}?:done)
    same => n,Set(LOCAL(light)=${STRREPLACE(ARG1,-,_)})
    same => n,GotoIf($["${DEVICE_STATE(Custom:${light})}" != "NOT_INUSE"]?done)
    same => n,Set(DEVICE_STATE(Custom:${light})=UNAVAILABLE)
    same => n,Originate(Local/${light}@pbx.rest/n,app,NoOp,,,60,a)
    same => n(done),Return()
    [pbx.rest]
    exten => _[a-z].,1,Set(WHO=${EXTEN})
    same => n,Wait(10)
    same => n,Hangup()
    exten => h,1,ExecIf($["${DEVICE_STATE(Custom:${WHO})}" = "UNAVAILABLE"]?Set(DEVICE_STATE(Custom:${WHO})=NOT_INUSE))
    """)
