"""The `Bookings` port over SSH: a file for each booking on the tenant's core node, which `pbx-notices` reads."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import asdict

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.bookings import Booking, read

HOME = "/var/spool/asterisk/bookings"
"""A folder for each tenant, a file for each booking; the group sends and takes away what is over."""


class SshBookings:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def booked(self, tenant: str) -> tuple[Booking, ...]:
        folder = shlex.quote(f"{HOME}/{tenant}")
        # Each file ends without a line's end, so one line for each; what else breaks lines may stand in a title.
        command = f'test ! -d {folder} || for f in {folder}/*.json; do test ! -e "$f" || {{ cat "$f"; echo; }}; done'
        told = (await self._shell_of(tenant).run(command)).decode()
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
        await self._shell_of(tenant).run(f"{made} && {kept}", document.encode())
