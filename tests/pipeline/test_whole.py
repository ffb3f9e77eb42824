"""Files that a run replaces: whole or not at all, as open as they were, and never a link's neighbour instead."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.pipeline import whole


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_what_is_new_and_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "build/plan.json"
    before = os.umask(0o027)
    try:
        whole.put(file, "{}\r\n")
        assert (file.read_bytes(), mode(file)) == (b"{}\r\n", 0o640)
        file.chmod(0o664)
        whole.put(file, b"new")
        assert (file.read_bytes(), mode(file)) == (b"new", 0o664)
        whole.put(file, b"heard", private=True)
        assert (file.read_bytes(), mode(file)) == (b"heard", 0o600)
    finally:
        os.umask(before)
    assert [each.name for each in file.parent.iterdir()] == ["plan.json"]


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plan.json"
    file.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as raised:
        whole.put(file, "new")
    assert raised.value.filename == str(file)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"plan.json": "old"}


@pytest.mark.parametrize(("through_links", "stays"), [(True, True), (False, False)])
def test_a_link(tmp_path: Path, through_links: bool, stays: bool) -> None:
    (tmp_path / "there.yaml").write_text("old")
    link = tmp_path / "acme.yaml"
    link.symlink_to("there.yaml")
    whole.put(link, "new", through_links=through_links)
    assert link.is_symlink() == stays
    assert (link.read_text(), (tmp_path / "there.yaml").read_text()) == ("new", "new" if stays else "old")


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    program = "from pathlib import Path; from provisioner.pipeline import whole; whole.put(Path('/dev/stdout'), 'page')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "page"
    with (tmp_path / "all").open("wb") as all_:
        subprocess.run([sys.executable, "-c", f"print('head', flush=True); {program}"], stdout=all_, check=True)
    assert (tmp_path / "all").read_text() == "head\npage"
