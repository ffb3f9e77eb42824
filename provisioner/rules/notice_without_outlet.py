"""People who are to be told by mail or text message, where the provider has no way to send one."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.notices import Recipients
from provisioner.core.source import Path
from provisioner.tenant import Tenant

RULE = Rule(
    code="R124",
    title="Notice that the provider cannot send",
    why="The core node keeps such notices and gives none to anybody; a lab alone catches them.",
    remedy="Add `mail` or `sms` to provider.yaml, see docs/guides/notices.md, or take the wish out of the tenant file.",
    bad="# provider.yaml has no `sms`\nvoicemail: {info: {members: [anna], notify: {sms: ['+46701740605']}}}",
    good="# provider.yaml\nsms: {url: 'https://sms.example/messages', from: Nordtel, token: sms}\n"
    "# tenant\nvoicemail: {info: {members: [anna], notify: {sms: ['+46701740605']}}}",
    severity=Severity.WARNING,
    source="docs: notices",
)

WORDS = {
    "mail": ("mails", "mail: {relay: smtp.example.com, from: pbx@example.com}"),
    "sms": ("text messages", "sms: {url: https://sms.example.com/messages, from: Nordtel}"),
}
"""channel → what it carries, and the line of provider.yaml that opens it."""

Wish = tuple[str, Path]
"""A channel, and where the tenant file asks for it."""


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    for channel, path in _wishes(tenant, scope):
        if channel not in scope.outlets:
            carried, line = WORDS[channel]
            yield RULE.at(path, f"the provider sends no {carried}", expected=f"in provider.yaml: {line}")


def _wishes(tenant: Tenant, scope: Scope) -> Iterator[Wish]:
    for name, box in tenant.voicemail.items():
        path = ("voicemail", name, "notify")
        yield from _named(box.notify, path)
        if box.notify.members:
            told = [scope.addresses.get(each.name, ("", "")) for each in box.members]
            if any(mail for mail, _ in told):
                yield "mail", (*path, "members")
            if any(mobile for _, mobile in told):
                yield "sms", (*path, "members")
    for name, user in tenant.users.items():
        if user.voicemail and user.voicemail.email_notice:
            yield "mail", ("users", name, "voicemail", "email_notice")
        if user.voicemail and user.voicemail.sms_notice:
            yield "sms", ("users", name, "voicemail", "sms_notice")
    for name, menu in tenant.call_backs.items():
        yield from _named(menu.notify, ("call_backs", name, "notify"))
    yield from _named(tenant.limits.notify, ("limits", "notify"))
    for name, fax in tenant.fax.items():
        yield from _named(Recipients(mail=fax.mail, sms=fax.sms), ("fax", name))


def _named(recipients: Recipients, path: Path) -> Iterator[Wish]:
    if recipients.mail:
        yield "mail", (*path, "mail")
    if recipients.sms:
        yield "sms", (*path, "sms")
