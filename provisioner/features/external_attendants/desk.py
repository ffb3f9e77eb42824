"""What an external attendant gets from the core node over HTTPS: her login, her sheet, and messages that she sends.

The sheet stands in the tenant's `people.json`, what people are doing in AstDB; `pbx-people` puts both together. A
message is a notice to one user by one way, whose words are the attendant's: no call sends it, `pbx-people` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.core.feature import Scope
from provisioner.core.notices import Words
from provisioner.core.source import Path
from provisioner.targets.asterisk import attendants, people
from provisioner.targets.asterisk.notices import notice
from provisioner.targets.asterisk.objects import AsteriskObject

from .model import ExternalAttendant, Instructions, account, password

SECTION: Path = ("external_attendants",)
WORDS = {
    "sv": Words("Meddelande från {caller}", "{text}\n\nFrån: {caller}\nTid: {time}", "{text} ({caller}, {time})"),
    "en": Words("Message from {caller}", "{text}\n\nFrom: {caller}\nTime: {time}", "{text} ({caller}, {time})"),
}


def lower(external: Mapping[str, ExternalAttendant], scope: Scope) -> Iterator[AsteriskObject]:
    if not external:
        return
    if not scope.names.get("user"):  # else the users say it
        yield people.House(scope.domain, scope.time_zone, scope.language, scope.call_log_days, SECTION)
    for name, attendant in external.items():
        sheet = _sheet(attendant, scope)
        yield people.Desk(name, account(name), password(scope.slug, name), sheet, (*SECTION, name))
    for user, (mail, mobile) in sorted(_reached(scope).items()):
        if mail:
            yield notice(attendants.message(user, "mail"), WORDS, scope, mail=[mail], source=SECTION)
        if mobile:
            yield notice(attendants.message(user, "sms"), WORDS, scope, sms=[mobile], source=SECTION)


def _reached(scope: Scope) -> Mapping[str, tuple[str, str]]:
    """user → mail address and mobile number, as far as the provider has a way there."""
    return {
        user: (mail if "mail" in scope.outlets else "", mobile if "sms" in scope.outlets else "")
        for user, (mail, mobile) in scope.addresses.items()
    }


def _sheet(attendant: ExternalAttendant, scope: Scope) -> dict[str, Any]:
    extensions = {ref.name: extension for extension, ref in scope.extensions.items() if ref.kind == "user"}
    addresses = _reached(scope)
    return {
        "name": scope.name,
        "number": attendant.number,
        "connects": attendants.KEYS if attendant.connects else "",
        "announces": attendants.ANNOUNCES if attendant.connects else "",
        "back": attendants.BACK if attendant.connects else "",
        "called": {
            number: _instructions(attendant.numbers.get(number, Instructions()), attendant.instructions)
            for number in sorted(scope.tenant_numbers)
        },
        "office": attendant.office.model_dump(exclude_none=True),
        "people": {
            user: {
                "name": name,
                "extension": extensions.get(user, ""),
                "by": [way for way, there in zip(("mail", "sms"), addresses.get(user, ("", "")), strict=True) if there],
            }
            for user, name in scope.user_names.items()
        },
    }


def _instructions(own: Instructions, common: Instructions) -> dict[str, Any]:
    return {
        "answer": own.answer or common.answer or "",
        "connect": own.connect or common.connect or "",
        "notify": own.notify or common.notify or "",
        "temporary": [
            {
                "text": each.text,
                "from": each.active_from.isoformat() if each.active_from else None,
                "until": each.active_until.isoformat() if each.active_until else None,
            }
            for each in (*own.temporary, *common.temporary)
        ],
        "questions": [each.model_dump() for each in (*own.questions, *common.questions)],
    }
