"""What the house asks of its own source and no linter checks: that a person can read each program at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("bench", "bin", "docs", "provisioner", "roles", "stacks", "tests")
MOST = 350
"""Lines of a program. Divide a longer one by what it knows, not by its length."""


def programs(root: Path) -> Iterator[Path]:
    """Files of Python, shell and whatever else says which program runs it."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and "node_modules" not in path.parts:
                with path.open("rb") as stream:
                    if path.suffix in (".py", ".sh") or stream.read(2) == b"#!":
                        yield path


def too_long(root: Path) -> dict[str, int]:
    lengths = {path: path.read_bytes().count(b"\n") for path in programs(root)}
    return {str(path.relative_to(root)): length for path, length in lengths.items() if length > MOST}


def test_no_program_is_longer_than_a_person_reads_at_once() -> None:
    assert too_long(ROOT) == {}


def test_one_line_more_is_found_wherever_it_is(tmp_path: Path) -> None:
    for name, length in (("roles/x/library/a.py", MOST + 1), ("bin/tool", MOST + 1), ("tests/b.py", MOST)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("#!/bin/sh\n" * length)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/reference.md").write_text("\n" * 2 * MOST)
    assert too_long(tmp_path) == {"bin/tool": MOST + 1, "roles/x/library/a.py": MOST + 1}
