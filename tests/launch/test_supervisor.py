"""What falls is started again; one signal stops all; a second run beside the first is told."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from launch.processes import Part, command_line
from launch.supervisor import Stopped, Supervisor


def a_part(folder: Path, name: str) -> Part:
    (folder / "pids").mkdir(exist_ok=True)
    return Part(
        name=name,
        command=[sys.executable, "-c", "import time; time.sleep(60)"],
        env={"PATH": os.environ["PATH"]},
        folder=folder,
        log=folder / f"{name}.log",
        pids=folder / "pids",
    )


def watched_until(supervisor: Supervisor, seconds: float) -> None:
    timer = threading.Timer(seconds, supervisor.on_signal, (signal.SIGTERM, None))
    timer.start()
    supervisor.watch()
    timer.join()


def test_a_killed_part_is_started_again_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    supervisor = Supervisor(tmp_path, tmp_path)
    supervisor.starting = False
    web, worker = supervisor.add(a_part(tmp_path, "web")), supervisor.add(a_part(tmp_path, "worker"))
    assert web.process is not None
    assert worker.process is not None
    first, untouched = web.process.pid, worker.process.pid
    os.kill(first, signal.SIGKILL)
    watched_until(supervisor, 1.5)
    assert web.process.pid != first
    assert command_line(web.process.pid)
    assert worker.process.pid == untouched
    supervisor.stop()
    assert not command_line(untouched)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("web stopped (killed by signal 9); starting it again in 0.5 s.")
    assert told[-2:] == ["Stopping …", "Everything is stopped."]


def test_parts_are_stopped_last_started_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []
    real = Part.stop
    monkeypatch.setattr(Part, "stop", lambda part, hurry: (stopped.append(part.name), real(part, hurry)))
    supervisor = Supervisor(tmp_path, tmp_path)
    for name in ("postgres", "valkey", "web"):
        supervisor.add(a_part(tmp_path, name))
    supervisor.stop()
    assert stopped == ["web", "valkey", "postgres"]


def test_a_signal_while_starting_leaves_at_once_and_only_once(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path)
    with pytest.raises(Stopped):
        supervisor.on_signal(signal.SIGINT, None)
    supervisor.on_signal(signal.SIGINT, None)
    assert supervisor.signals == 2


def test_a_second_signal_ends_the_waiting(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path)
    supervisor.starting = False
    part = a_part(tmp_path, "worker")
    part.command[2] = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    supervisor.add(part, lambda: part.log.exists() and "up" in part.log.read_text())
    timer = threading.Timer(0.3, supervisor.on_signal, (signal.SIGINT, None))
    timer.start()
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert part.process is None
