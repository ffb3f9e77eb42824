"""Who applies: the user of the machine, the run of a pipeline where its variables say so, and the folder's commit."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from provisioner.adapters.git import ask, uncommitted
from provisioner.core.audit import Origin

_PIPELINES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "GITHUB_ACTIONS",
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
        ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
    ),
    ("GITLAB_CI", "{CI_JOB_URL}", ("GITLAB_USER_LOGIN",)),
    ("JENKINS_URL", "{BUILD_URL}", ("BUILD_USER_ID", "CHANGE_AUTHOR")),
    (
        "TF_BUILD",
        "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
        ("BUILD_REQUESTEDFOR",),
    ),
    ("BITBUCKET_BUILD_NUMBER", "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}", ()),
    ("BUILDKITE", "{BUILDKITE_BUILD_URL}", ("BUILDKITE_BUILD_CREATOR",)),
    ("CIRCLECI", "{CIRCLE_BUILD_URL}", ("CIRCLE_USERNAME",)),
    ("CI", "a pipeline", ()),
)
"""The variable that is set in a system's runs, what names the run, and the variables that name who set it off."""


def origin(folder: Path, environment: Mapping[str, str] | None = None) -> Origin:
    """Who applies the folder now; `environment` is that of the process where it is not given."""
    known = os.environ if environment is None else environment
    run, actor = _pipeline(known)
    commit, dirty = _commit(folder)
    return Origin(_user(known), socket.gethostname(), run, actor, commit, dirty)


def _user(known: Mapping[str, str]) -> str:
    """Who called `sudo`, where somebody did: everybody is root behind it."""
    try:
        return known.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return str(os.getuid())


def _pipeline(known: Mapping[str, str]) -> tuple[str, str]:
    for marker, run, actors in _PIPELINES:
        if known.get(marker, "").lower() not in ("", "false", "0"):
            named = run.format_map(_Absent(known))
            return named, next((known[each] for each in actors if known.get(each)), "")
    return "", ""


class _Absent(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _commit(folder: Path) -> tuple[str, bool]:
    """The folder's commit, and whether it holds something else than that; nothing where it is not in Git."""
    commit = ask(folder, "rev-parse", "--verify", "HEAD")
    return (commit, uncommitted(folder)) if commit else ("", False)
