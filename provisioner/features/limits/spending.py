"""What calls cost, counted while they are up: every leg to the public network that costs anything has a meter.

The meter is a channel of its own (`<slug>.meter`) that looks at the leg each second from the moment when it is called.
While somebody has answered it adds what is owed every two seconds, and once more when the leg is gone, so a call
counts within a second of what it lasted, also where it goes on after a transfer. An answered leg that ends between two
looks leaves a note behind (`ended`), and counts as a second. A day ends at midnight of the tenant's
time zone, and what a call costs after that is the next day's. At the absolute limit the meter ends its leg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.permissions import CallPermission
from provisioner.targets.asterisk import clock, limits, naming
from provisioner.targets.asterisk.notices import notice, notify
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step

from .model import Limits, Spending
from .sentences import spent

SOURCE = ("limits", "spend")
EVERY = 2
"""Seconds between two entries of a call that is up."""
LONGEST = 7 * 24 * 3600
"""Seconds that a meter runs at most."""
NEAR, REACHED = 1, 2
"""How far the day's notices are; what an entry keeps behind its sum."""


def her_limits(slug: str, user: str) -> str:
    """The arguments of GosubIf that leave what holds for a user in variables."""
    place = f"{limits.context(slug, 'user')},{user},1"
    return f"${{DIALPLAN_EXISTS({place})}}?{place}"


def facts(what: Spending | None) -> Mapping[str, str]:
    """Variables of one user's limit, in parts of money; empty where she has none."""
    names = ("PBX_DAILY", "PBX_WARN", "PBX_END")
    return dict(zip(names, _amounts(what) if what else ("", "", ""), strict=True))


def _amounts(what: Spending) -> tuple[str, str, str]:
    daily = limits.parts(what.daily)
    return str(daily), str(daily * what.warn_at // 100), str(limits.parts(what.end))


def _priced(scope: Scope) -> str:
    levels = sorted(CallPermission(name).level for name in scope.call_rates)
    return f'${{REGEX("^[{"".join(map(str, levels))}]$" ${{PBX_NEED}})}}' if levels else "0"


def asked(what: Limits, scope: Scope) -> Iterator[Step]:
    """Before a call goes out: leads to `spent` where the day's money is gone."""
    yield Step("GotoIf", f"$[{_priced(scope)} = 0]?cheap", source=SOURCE)
    yield Step("Set", clock.now(scope.slug))
    yield Step("Set", f"PBX_DAY=${{STRFTIME(${{PBX_AT}},{scope.time_zone},%Y%m%d)}}")
    if what.spend:
        yield Step("Set", f"PBX_KEPT=${{DB({naming.database_family(scope.slug)}/{limits.spending_key()})}}")
        yield Step("GotoIf", f"$[{_gone(str(limits.parts(what.spend.daily)))}]?spent,1", source=SOURCE)
    if any(each.spend for each in what.all_users):
        entry = f"{naming.database_family(scope.slug)}/{limits.spending_key('${PBX_USER}')}"
        yield Step("Set", f"PBX_KEPT=${{DB({entry})}}")
        yield Step("GotoIf", f'$["${{PBX_DAILY}}" != "" & ({_gone("0${PBX_DAILY}")})]?spent,1')
    yield Step("NoOp", label="cheap")


def _gone(amount: str) -> str:
    """Holds where PBX_KEPT is of today and holds that amount; an amount of zero is gone before anything was spent."""
    today = '"${CUT(PBX_KEPT,:,1)}" = "${PBX_DAY}"'
    return f"({today} & 0${{CUT(PBX_KEPT,:,2)}} >= {amount}) | {amount} = 0"


def metered(scope: Scope) -> Iterator[Step]:
    """On a leg: starts its meter."""
    meter = f"Local/${{PBX_NEEDED}}@{naming.context(scope.slug, 'meter')}/n"
    carried = "v(PBX_LEG=${CHANNEL(name)}^PBX_NOTE=${UNIQUEID}^PBX_PAYS=${PBX_USER})"
    yield Step("Set", "PBX_NEED=${PBX_NEEDED}")
    yield Step("GotoIf", f"$[{_priced(scope)} = 0]?free", source=SOURCE)
    ended = f"{limits.context(scope.slug)},ended,1"
    yield Step("Set", f"CHANNEL(hangup_handler_push)={ended}", source=SOURCE)
    yield Step("Originate", f"{meter},app,NoOp,,,{LONGEST},a{carried}", source=SOURCE)
    yield Step("NoOp", label="free")


def lower(what: Limits, scope: Scope) -> Iterator[AsteriskObject]:
    home, note = naming.context(scope.slug, "meter"), f"DB({_note(scope, '${UNIQUEID}')})"
    ended = Step("ExecIf", f'$["${{CHANNEL(state)}}" = "Up"]?Set({note}=${{EPOCH}})')
    yield Route(limits.context(scope.slug), "ended", (ended, Step("Return")), SOURCE)
    for name, (start, minute) in scope.call_rates.items():
        # A minute's price in hundredths is a second's in sixtieths of one.
        prices = f"PBX_OWED={limits.parts(start)},PBX_SECOND={limits.parts(minute) // 60}"
        steps = (Step("MSet", prices), Step("Goto", "s,1"))
        yield Route(home, str(CallPermission(name).level), steps, SOURCE)
    yield Route(home, "s", tuple(_meter(what, scope)), SOURCE)
    yield Route(home, "add", tuple(_add(scope)), SOURCE)
    told = what.notify
    whose = {"tenant": what.spend, "user": any(each.spend for each in what.all_users)}
    for who in (who for who, limited in whose.items() if limited):
        for stage in (NEAR, REACHED):
            words = spent(scope.name, scope.currency, stage == REACHED, of_user=who == "user")
            yield notice(_notice(who, stage), words, scope, mail=told.mail, sms=told.sms, source=SOURCE)


def _notice(who: str, stage: int) -> str:
    return f"limits.{who}-{'reached' if stage == REACHED else 'near'}"


def _note(scope: Scope, leg: str) -> str:
    return f"{naming.database_family(scope.slug)}/{limits.ENDED}{leg}"


def _meter(what: Limits, scope: Scope) -> Iterator[Step]:
    """PBX_LEG is a channel and PBX_NOTE its id, PBX_PAYS its user; PBX_OWED begins as the price of an answered call."""
    note = _note(scope, "${PBX_NOTE}")
    yield Step("Wait", "1", "ring")
    yield Step("GotoIf", "$[${CHANNEL_EXISTS(${PBX_LEG})} = 0]?missed")
    yield Step("GotoIf", '$["${IMPORT(${PBX_LEG},CHANNEL(state))}" != "Up"]?ring')
    yield Step("Set", "PBX_SINCE=${EPOCH}")
    yield Step("Wait", "1", "up")
    yield Step("Set", "PBX_THERE=${CHANNEL_EXISTS(${PBX_LEG})}")
    yield Step("Set", "PBX_NOW=${EPOCH}")
    yield Step("GotoIf", f"$[${{PBX_THERE}} & ${{PBX_NOW}} - ${{PBX_SINCE}} < {EVERY}]?up")
    yield Step("Set", "PBX_OWED=$[${PBX_OWED} + (${PBX_NOW} - ${PBX_SINCE}) * ${PBX_SECOND}]")
    yield Step("Set", "PBX_SINCE=${PBX_NOW}", "count")
    if what.spend:
        daily, warn, end = _amounts(what.spend)
        yield Step("Gosub", f"add,1({limits.spending_key()},{daily},{warn},{end})")
        yield from _tell("tenant", scope, daily)
    if any(each.spend for each in what.all_users):
        yield Step("Set", "PBX_DAILY=")
        yield Step("GosubIf", her_limits(scope.slug, "${PBX_PAYS}"))
        yield Step("GotoIf", '$["${PBX_DAILY}" = ""]?hers')
        entry = limits.spending_key("${PBX_PAYS}")
        yield Step("Gosub", f"add,1({entry},${{PBX_DAILY}},${{PBX_WARN}},${{PBX_END}})")
        yield from _tell("user", scope, "${PBX_DAILY}")
        yield Step("NoOp", label="hers")
    yield Step("Set", "PBX_OWED=0")
    yield Step("GotoIf", '$["${PBX_OVER}" = "yes"]?end')
    yield Step("GotoIf", "${PBX_THERE}?up")
    yield Step("Goto", "gone")
    yield Step("SoftHangup", "${PBX_LEG}", "end")
    # The leg may be writing its note yet.
    yield Step("Wait", "1", "gone")
    yield Step("Set", f"PBX_WAS=${{DB_DELETE({note})}}")
    yield Step("Hangup")
    yield Step("Wait", "1", "missed")
    yield Step("GotoIf", f"$[${{DB_EXISTS({note})}} = 0]?gone")
    yield Step("Set", "PBX_OWED=$[${PBX_OWED} + ${PBX_SECOND}]")
    yield Step("Set", "PBX_THERE=0")
    yield Step("Goto", "count")


def _tell(who: str, scope: Scope, daily: str) -> Iterator[Step]:
    places = {
        "spent": _money("${PBX_SUM}"),
        "limit": _money(daily),
        **({"user": "${PBX_PAYS}"} if who == "user" else {}),
    }
    for stage in (NEAR, REACHED):
        yield notify(scope.slug, _notice(who, stage), SOURCE, when=f"0${{PBX_STAGE}} = {stage}", caller="", **places)


def _money(parts: str) -> str:
    return f"${{SPRINTF(%.2f,${{MATH({parts}/{limits.PARTS},float)}})}}"


def _add(scope: Scope) -> Iterator[Step]:
    """ARG1 is the entry; ARG2 to ARG4 are the amounts of the limit, of the first notice and of the end.

    Leaves the sum in PBX_SUM, in PBX_STAGE what somebody is to be told, and in PBX_OVER that the call ends.
    """
    entry, lock = f"{naming.database_family(scope.slug)}/${{ARG1}}", naming.context(scope.slug, "meter")
    yield Step("Set", clock.now(scope.slug))
    yield Step("Set", f"LOCAL(day)=${{STRFTIME(${{PBX_AT}},{scope.time_zone},%Y%m%d)}}")
    yield Step("Set", f"LOCAL(held)=${{LOCK({lock})}}")
    yield Step("Set", f"LOCAL(kept)=${{DB({entry})}}")
    yield Step("ExecIf", '$["${CUT(kept,:,1)}" != "${day}"]?Set(LOCAL(kept)=${day}:0:0)')
    yield Step("Set", "PBX_SUM=$[${PBX_OWED} + 0${CUT(kept,:,2)}]")
    yield Step("Set", f"LOCAL(stage)=$[(${{PBX_SUM}} >= ${{ARG3}}) * {NEAR} + (${{PBX_SUM}} >= ${{ARG2}}) * {NEAR}]")
    yield Step("Set", "PBX_STAGE=${IF($[${stage} > 0${CUT(kept,:,3)}]?${stage}:0)}")
    yield Step("Set", f"DB({entry})=${{day}}:${{PBX_SUM}}:${{stage}}")
    yield Step("Set", f"LOCAL(held)=${{UNLOCK({lock})}}")
    yield Step("ExecIf", "$[${PBX_SUM} >= ${ARG4}]?Set(PBX_OVER=yes)")
    yield Step("Return")
