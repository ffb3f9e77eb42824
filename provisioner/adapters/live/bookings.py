"""The `Bookings` port over SSH: a file for each booking on the tenant's core node, which `pbx-notices` reads."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable
from dataclasses import asdict

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.bookings import Booking, read

HOME = "/var/spool/asterisk/bookings"
"""A folder for each tenant, a file for each booking; the group sends and takes away what is over."""
_CHANGED = "changed"


class SshBookings:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of
        self._seen: dict[str, str] = {}
        """tenant → the digest of all its files as they were read."""

    async def booked(self, tenant: str) -> tuple[Booking, ...]:
        read_ = await self._shell_of(tenant).run(_listing(shlex.quote(f"{HOME}/{tenant}")))
        self._seen[tenant] = hashlib.sha256(read_).hexdigest()
        told = read_.decode()
        try:
            found = [read(json.loads(line)) for line in told.split("\n") if line]
        except (ValueError, TypeError, KeyError) as error:
            raise ShellError(
                f"a booking of {tenant} cannot be read: {error}", f"look into {HOME}/{tenant} on its core node"
            ) from error
        return tuple(sorted(found, key=lambda each: (each.moments, each.id)))

    async def keep(self, tenant: str, booking: Booking) -> None:
        folder = f"{HOME}/{tenant}"
        fresh, path = (shlex.quote(f"{folder}/{name}") for name in (f".new-{booking.id}", f"{booking.id}.json"))
        made = f"install -d -o asterisk -g asterisk -m 2770 {shlex.quote(folder)}"
        kept = f"(umask 037; cat > {fresh}) && chown asterisk:asterisk {fresh} && sync {fresh} && mv {fresh} {path}"
        document = json.dumps(asdict(booking), ensure_ascii=False)
        if seen := self._seen.get(tenant):
            quoted = shlex.quote(folder)
            as_seen = f'test "$({_listing(quoted)} | sha256sum)" = "{seen}  -"'
            kept = f"(flock -w 10 9 && if {as_seen}; then {kept}; else echo {_CHANGED}; fi) 9>> {quoted}/.lock"
        said = await self._shell_of(tenant).run(f"{made} && {kept}", document.encode())
        if said.decode().strip() == _CHANGED:
            raise ShellError(
                f"somebody else changed bookings of {tenant} at the same moment; nothing was kept and nobody is told",
                "run the same command again: it looks at what is booked now",
            )


def _listing(folder: str) -> str:
    """Prints all bookings. Each file ends without a line's end, so one line for each; what else breaks lines may stand
    in a title."""
    return f'{{ test ! -d {folder} || for f in {folder}/*.json; do test ! -e "$f" || {{ cat "$f"; echo; }}; done; }}'
