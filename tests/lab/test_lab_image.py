"""The image's build, cut off or run twice at once; a stand-in makes the file system, all else is real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provisioner.adapters.lab import image

pytestmark = pytest.mark.lab  # process namespaces need root


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder first on PATH; the test puts its own mmdebstrap there."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def stand_in(tools: Path, script: str) -> None:
    """`$target` is the directory that mmdebstrap is to fill."""
    (tools / "mmdebstrap").write_text(f"#!/bin/sh\nfor target; do :; done\n{script}\n")
    (tools / "mmdebstrap").chmod(0o755)


def running(word: str) -> bool:
    found = subprocess.run(["pgrep", "--full", "--exact", word], capture_output=True, check=False)
    return found.returncode == 0


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_killed_build_leaves_no_process_and_no_half_image(tmp_path: Path, tools: Path) -> None:
    images = tmp_path / "images"
    marker = f"3{os.getpid()}"  # seconds to sleep, that nobody else sleeps
    stand_in(tools, f'touch "$target/half"\nsleep {marker}')
    code = "import sys; from pathlib import Path; from provisioner.adapters.lab import image as i\n"
    code += "i.ensure(i.read_recipe(), print, Path(sys.argv[1]))"
    builder = subprocess.Popen([sys.executable, "-c", code, str(images)])
    assert until(lambda: running(f"sleep {marker}"))
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert until(lambda: not running(f"sleep {marker}"))
    assert not image.path_of(image.read_recipe(), images).exists()

    stand_in(tools, 'touch "$target/whole"')
    built = image.ensure(image.read_recipe(), lambda _: None, images)
    assert [file.name for file in built.iterdir()] == ["whole"]
    assert not list(images.glob("*.part"))


def test_two_at_once_build_one_image(tmp_path: Path, tools: Path) -> None:
    images, count = tmp_path / "images", tmp_path / "count"
    stand_in(tools, f'sleep 0.5; echo built >>{count}; touch "$target/whole"')
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(image.ensure, image.read_recipe(), said.append, images) for _ in range(2)]
        assert {future.result() for future in both} == {image.path_of(image.read_recipe(), images)}
    assert count.read_text() == "built\n"
    assert any("waiting" in word for word in said)


def test_an_image_that_is_there_is_taken_as_it_is(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, "exit 1")
    there = image.path_of(image.read_recipe(), tmp_path)
    there.mkdir()
    assert image.ensure(image.read_recipe(), lambda _: None, tmp_path) == there
