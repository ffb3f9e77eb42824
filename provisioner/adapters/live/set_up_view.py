"""How machines are set up, for drift: what their roles would change if they were applied again (Ansible's check mode).

Packages, settings and units of services, users, folders, kernel settings, the firewall that runs, PostgreSQL. Each role
says itself what is not as it should be, so whatever a role does is looked at, and nothing has to be written down twice.
What was told already of a file or a service of the machine is not told again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from provisioner.adapters.pulumi.carry import Means, carry_out
from provisioner.core.deployment import HostResult, Kind, PlayFailed, Progress
from provisioner.core.drift import Seen, SeenPart


def looked_at(
    seen: Sequence[Seen], machines: Mapping[str, Mapping[str, Any]], means: Means, progress: Progress
) -> tuple[Seen, ...]:
    """What was seen of each machine, and beside it what its roles would change or fail at.

    Raises PbxError where a machine cannot be reached.
    """

    def ask(each: Seen) -> Seen:
        inputs = machines.get(each.host)
        play = carry_out(Kind.PLATFORM_NODE, inputs, means, present=True) if inputs else None
        if play is None:
            return each
        try:
            results, failed = means.playbooks.run(replace(play, check=True), progress), []
        except PlayFailed as error:
            if error.whatever or not error.task:
                raise
            # A package that cannot be had again, a file that its daemon refuses: what comes after it is not looked at.
            results, failed = error.results, [SeenPart("", f"set-up {error.task}", "", "as applied", error.message)]
        return replace(each, parts=(*each.parts, *(part for one in results for part in _parts(one, each)), *failed))

    with ThreadPoolExecutor(len(seen) or 1) as pool:
        return tuple(pool.map(ask, seen))


def _parts(result: HostResult, seen: Seen) -> list[SeenPart]:
    told = {path.rpartition("/")[2] for path in seen.files} | {each.partition("@")[0] for each in seen.services}
    return [
        SeenPart("", f"set-up {task}", "", "as applied", "otherwise")
        for task in result.tasks
        if told.isdisjoint(each.partition("@")[0] for each in result.about.get(task, ()))
    ]
