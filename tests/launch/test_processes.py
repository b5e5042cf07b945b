"""Children that die with their parent, are started again, and are found when a killed parent left them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launch import Refusal
from launch.processes import Part, command_line, is_running, reap, tail

ROOT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")


def a_part(folder: Path, *words: str, name: str = "web", grace: float = 5.0) -> Part:
    (folder / "pids").mkdir(exist_ok=True)
    return Part(
        name=name,
        command=[sys.executable, *words],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        folder=folder,
        log=folder / f"{name}.log",
        pids=folder / "pids",
        grace=grace,
    )


def wait_until_gone(pid: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not command_line(pid)


def wait_for_text(file: Path, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in (file.read_text() if file.exists() else ""):
        assert time.monotonic() < deadline, f"{text!r} never came"
        time.sleep(0.02)


def test_a_part_writes_its_log_and_stops_when_asked(tmp_path: Path) -> None:
    part = a_part(tmp_path, "-c", "import time; print('up', flush=True); time.sleep(60)")
    part.start()
    wait_for_text(part.log, "up")
    assert part.process is not None
    pid = part.process.pid
    began = time.monotonic()
    part.stop()
    assert time.monotonic() - began < 3
    assert wait_until_gone(pid)
    assert list((tmp_path / "pids").iterdir()) == []


def test_a_part_that_will_not_stop_is_killed_after_its_grace(tmp_path: Path) -> None:
    part = a_part(
        tmp_path,
        "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
        grace=0.3,
    )
    part.start()
    wait_for_text(part.log, "up")
    assert part.process is not None
    pid = part.process.pid
    part.stop()
    assert wait_until_gone(pid)


def test_the_children_of_a_killed_part_are_cleared_away(tmp_path: Path) -> None:
    part = a_part(
        tmp_path,
        "-c",
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('child', child.pid, '.', flush=True)\n"
        "time.sleep(60)",
    )
    part.start()
    wait_for_text(part.log, ".")
    child = int(part.log.read_text().split()[1])
    assert part.process is not None
    os.kill(part.process.pid, signal.SIGKILL)
    part.process.wait()
    assert command_line(child)
    assert part.ended() == -signal.SIGKILL
    assert wait_until_gone(child)


def test_each_failure_doubles_the_pause_up_to_half_a_minute(tmp_path: Path) -> None:
    part = a_part(tmp_path, "-c", "")
    part.started = time.monotonic()
    assert [part.pause() for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_steady_minute_forgets_the_failures(tmp_path: Path) -> None:
    part = a_part(tmp_path, "-c", "")
    part.failures = 6
    part.started = time.monotonic() - 61
    assert part.pause() == 0.5


def test_a_part_that_ends_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    part = a_part(tmp_path, "-c", "raise SystemExit('the disk is full')", name="postgres")
    part.start()
    with pytest.raises(Refusal, match="the disk is full"):
        part.require(lambda: False, seconds=10)


@LINUX
def test_the_children_of_a_killed_launcher_die_with_it(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from launch.processes import Part; folder = Path(sys.argv[1])\n"
        "part = Part('web', [sys.executable, '-c', 'import time; time.sleep(60)'], {}, folder, folder/'log', folder)\n"
        "part.start(); print(part.process.pid, flush=True); time.sleep(60)"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout is not None
    child = int(launcher.stdout.readline())
    assert command_line(child)
    launcher.kill()
    launcher.communicate()
    assert wait_until_gone(child)


def test_what_a_killed_launcher_left_is_stopped_and_named(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    orphan = subprocess.Popen(command)
    (tmp_path / "worker.json").write_text(json.dumps({"pid": orphan.pid, "command": command}))
    while not is_running(orphan.pid, command):
        time.sleep(0.01)
    assert reap(tmp_path, grace=0.2) == ["worker"]
    assert orphan.wait(timeout=5) == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_another_program_bears_by_now_is_let_be(tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        kept = {"pid": bystander.pid, "command": ["/usr/bin/postgres", "-D", "/somewhere"]}
        (tmp_path / "postgres.json").write_text(json.dumps(kept))
        assert reap(tmp_path, grace=0.2) == []
        assert bystander.poll() is None
        assert list(tmp_path.iterdir()) == []
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"pid": "x", "command": []}', '{"pid": 1}'])
def test_a_torn_note_of_a_process_is_thrown_away(tmp_path: Path, torn: str) -> None:
    (tmp_path / "web.json").write_text(torn)
    assert reap(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(f"line {number}\n" for number in range(2000)))
    assert tail(tmp_path / "log", 2) == "line 1998\nline 1999"
    assert tail(tmp_path / "absent") == ""


def test_a_part_may_fall_a_few_times_before_it_is_ready_if_that_is_allowed(tmp_path: Path) -> None:
    part = a_part(
        tmp_path,
        "-c",
        "import pathlib, time; tries = pathlib.Path('tries'); tries.open('a').write('x')\n"
        "if len(tries.read_text()) < 3: raise SystemExit('still in use')\n"
        "print('up', flush=True); time.sleep(60)",
    )
    part.start()
    part.require(lambda: "up" in part.log.read_text(), seconds=20, retries=5)
    part.stop()
    assert (tmp_path / "tries").read_text() == "xxx"
