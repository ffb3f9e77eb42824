"""What those are told who look after a tenant's calls."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.notices import Words


def spent(tenant: str, currency: str, reached: bool, *, of_user: bool) -> Mapping[str, Words]:
    """Money spent: the first time a warning, the second that nothing that costs goes out any more."""
    unit = f" {currency}" if currency else ""
    sv_who, en_who = (f"{{user}} ({tenant})", f"{{user}} ({tenant})") if of_user else (tenant, tenant)
    sv_end = "Nya samtal som kostar går inte ut förrän i morgon." if reached else "Samtal går ut tills gränsen är nådd."
    en_end = "New calls that cost go out again tomorrow." if reached else "Calls go out until the limit is reached."
    return {
        "sv": Words(
            subject=f"{sv_who}: samtal för {{spent}} av {{limit}}{unit} i dag",
            mail=f"{sv_who}: samtal har kostat {{spent}} av {{limit}}{unit} i dag ({{time}}).\n{sv_end}\n",
            sms=f"{sv_who}: samtal för {{spent}} av {{limit}}{unit} i dag. {sv_end}",
        ),
        "en": Words(
            subject=f"{en_who}: calls for {{spent}} of {{limit}}{unit} today",
            mail=f"{en_who}: calls have cost {{spent}} of {{limit}}{unit} today ({{time}}).\n{en_end}\n",
            sms=f"{en_who}: calls for {{spent}} of {{limit}}{unit} today. {en_end}",
        ),
    }


def rush(tenant: str, slug: str, calls: int, within: int) -> Mapping[str, Words]:
    """Too many dear calls in a short time."""
    lift = f"pbx limits {slug} --lift"
    time = f"{within // 60} min" if within % 60 == 0 else f"{within} s"
    return {
        "sv": Words(
            subject=f"{tenant}: dyra samtal är spärrade",
            mail=f"{tenant}: fler än {calls} dyra samtal på {time}. Det sista var till {{number}}, av {{user}}"
            f" ({{time}}).\nSådana samtal är spärrade tills någon släpper dem: {lift}\n",
            sms=f"{tenant}: fler än {calls} dyra samtal på {time}, nu spärrade. Senast {{number}}, {{user}}",
        ),
        "en": Words(
            subject=f"{tenant}: dear calls are stopped",
            mail=f"{tenant}: more than {calls} dear calls in {time}. The last was to {{number}}, by {{user}}"
            f" ({{time}}).\nSuch calls are stopped until somebody lifts it: {lift}\n",
            sms=f"{tenant}: more than {calls} dear calls in {time}, now stopped. Last {{number}}, {{user}}",
        ),
    }
