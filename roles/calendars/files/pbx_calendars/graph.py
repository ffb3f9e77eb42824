"""The calendar of a mailbox in Microsoft 365, by Graph: its own view of a time, recurring events expanded there.

The program logs in as an application of the customer's directory (client credentials) that may read calendars.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from .ical import Nonsense
from .meaning import Event
from .sources import Place, fetch

AUTHORITY = "https://login.microsoftonline.com"
SHOWN = {"free": "free", "tentative": "tentative", "oof": "away", "workingElsewhere": "elsewhere"}
ASKED = "subject,start,end,showAs,isAllDay,isCancelled,responseStatus"
PAGES, OF_A_PAGE = 20, 100
UTC = ZoneInfo("UTC")


def mailbox(place: Place, zone: ZoneInfo, since: float, until: float) -> list[Event]:
    """`place.login` is the directory and the application in it, `directory/application`."""
    start, end = (datetime.fromtimestamp(each, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for each in (since, until))
    wanted = {"startDateTime": start, "endDateTime": end, "$select": ASKED, "$top": OF_A_PAGE}
    address, found = f"{place.address}?{urlencode(wanted)}", list[Event]()
    try:
        headers = {"Authorization": f"Bearer {_token(place)}", "Prefer": 'outlook.timezone="UTC"'}
        for _ in range(PAGES):
            page = json.loads(fetch(Place(address), headers=headers))
            found += [event for each in page["value"] for event in _event(each, zone)]
            address = page.get("@odata.nextLink", "")
            if not address:
                return [each for each in found if each.end > since and each.start < until]
            if urlsplit(address)[:2] != urlsplit(place.address)[:2]:
                raise Nonsense("its next page is elsewhere")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The words of the fault may quote what is in the calendar.
        raise Nonsense(f"no answer of Microsoft Graph ({type(error).__name__})") from None
    raise Nonsense(f"more than {PAGES * OF_A_PAGE} events")


def _token(place: Place) -> str:
    directory, _, application = place.login.partition("/")
    form = {
        "grant_type": "client_credentials",
        "client_id": application,
        "client_secret": place.password,
        "scope": f"{'://'.join(urlsplit(place.address)[:2])}/.default",
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = fetch(Place(f"{AUTHORITY}/{directory}/oauth2/v2.0/token"), "POST", urlencode(form).encode(), kind)
    return str(json.loads(answer)["access_token"])


def _event(each: dict[str, Any], zone: ZoneInfo) -> Iterator[Event]:
    if not each["isCancelled"] and each["responseStatus"]["response"] != "declined":
        begins, ends = (_second(each[name]["dateTime"], zone, whole=each["isAllDay"]) for name in ("start", "end"))
        yield Event(begins, ends, each["subject"] or "", SHOWN.get(each["showAs"], "busy"))


def _second(text: str, zone: ZoneInfo, *, whole: bool) -> int:
    """Of `2027-03-01T11:00:00.0000000` in UTC; a whole day is one of the tenant's zone."""
    moment = datetime.fromisoformat(text[:19])
    if whole:
        return int(datetime.combine(moment.date(), time(), zone).timestamp())
    return int(moment.replace(tzinfo=UTC).timestamp())
