"""A folder as a revision has it, laid down for as long as it is looked at. The working folder is not touched."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.core.errors import PbxError, UsageError

from .command import run
from .revisions import GitRevisions


@contextmanager
def laid_down(folder: Path, revision: str) -> Iterator[Path]:
    """The folder of that revision (branch, tag, commit or day), to be read; it is gone afterwards.

    Raises UsageError where there is no such revision, or the folder is not in it or not in Git at all, and PbxError
    where a link of it leads out of the folder.
    """
    commit = GitRevisions(folder).find(revision).commit
    if not commit:
        raise UsageError("no revision is named", "name a branch, a tag, a commit or a day such as 2027-01-31")
    try:
        archive = run(folder, "archive", "--format=tar", commit)
    except PbxError as error:
        told = f"the folder {folder} is not in the revision {revision!r}: {error.message}"
        raise UsageError(told, "take a later one") from None
    with TemporaryDirectory(prefix="pbx-") as home:
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as files:
                files.extractall(home, filter="data")
        except tarfile.FilterError as error:  # a link that leads out of the folder would be read as it is today
            raise PbxError(
                f"the revision {revision!r} cannot be laid down: {error}", "take one without links out of the folder"
            ) from None
        yield Path(home)
