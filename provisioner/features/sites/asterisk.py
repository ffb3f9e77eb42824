"""Calls for help in Asterisk: no permission, plan, schedule or limit is asked; the site of the user is told.

`<slug>.emergency` holds each emergency number of the countries where the tenant has sites, bare and behind the outside
prefix, because somebody in distress dials either. It is the first thing that `<slug>.outgoing` looks into. From there
the call goes to the context of the site, which shows the number to call back.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.numbering import EVERYWHERE, plan_of
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps

from .model import Site


def lower(sites: dict[str, Site], scope: Scope) -> Iterator[Route]:
    emergency = naming.context(scope.slug, "emergency")
    for number in emergency_numbers(sites, scope):
        yield Route(emergency, number, _ask_for(number, scope), ("sites",))
        if scope.outside_prefix:
            yield Route(emergency, scope.outside_prefix + number, _ask_for(number, scope), ("sites",))
    for name, site in sites.items():
        yield _from(name, site, scope)


def emergency_numbers(sites: dict[str, Site], scope: Scope) -> list[str]:
    """The emergency numbers of every country that the tenant has a site in, sorted."""
    countries = {site.emergency_address.country or scope.country for site in sites.values()}
    plans = (plan_of(country) for country in sorted(countries))
    return sorted({EVERYWHERE, *(number for plan in plans if plan for number in plan.emergency)})


def _ask_for(number: str, scope: Scope) -> tuple[Step, ...]:
    # A call that belongs to no user (a transfer, a test) still goes out, from the first site.
    site = f'${{IF($["${{PBX_SITE}}" = ""]?{scope.first_site}:${{PBX_SITE}})}}'
    return (
        Steps(scope.slug).enter(Ref("emergency", number)),
        Step("Goto", f"{naming.context(scope.slug, 'site', site)},{number},1"),
    )


def _from(name: str, site: Site, scope: Scope) -> Route:
    path, say = ("sites", name), Steps(scope.slug)
    steps = (
        say.enter(Ref("site", name), path),
        *_remember(scope, path),
        Step("Set", f"CALLERID(num)={site.emergency_number or scope.main_number}", source=path),
        # Whoever withholds her number otherwise must be found now.
        Step("Set", "CALLERID(pres)=allowed", source=path),
        say.dial_public("${EXTEN}", path, route="emergency"),
        Step("Hangup", "${HANGUPCAUSE}", source=path),
    )
    return Route(naming.context(scope.slug, "site", name), "_X.", steps, path)


def _remember(scope: Scope, path: Path) -> Iterator[Step]:
    """Rescuers may call back from anywhere: numbers that screen their callers ask when somebody called for help."""
    if scope.screens_callers:
        key = f"{naming.database_family(scope.slug)}/{naming.CALLED_FOR_HELP}"
        yield Step("Set", f"DB({key})=${{EPOCH}}", source=path)
