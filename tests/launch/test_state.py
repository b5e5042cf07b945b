"""The state folder, its lock, its secrets and the ports."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import Refusal
from launch.state import Lock, choose_port, free_port, keep_secret, open_folder, port_is_taken

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from launch.state import Lock
lock = Lock(Path(sys.argv[1]))
lock.acquire()
lock.announce(sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def held_by_another(path: Path, address: str) -> subprocess.Popen[str]:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), address], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def test_a_second_run_is_told_the_process_and_the_address_of_the_first(tmp_path: Path) -> None:
    other = held_by_another(tmp_path / "run.lock", "http://127.0.0.1:8000")
    try:
        with pytest.raises(Refusal) as told:
            Lock(tmp_path / "run.lock").acquire()
    finally:
        other.kill()
        other.communicate()
    assert str(told.value) == (
        f"Gatehouse is already running here (process {other.pid}) at http://127.0.0.1:8000. "
        f"Stop it with Ctrl-C in its terminal, or: kill {other.pid}"
    )


def test_a_second_run_is_told_when_the_first_is_still_starting(tmp_path: Path) -> None:
    other = held_by_another(tmp_path / "run.lock", "")
    try:
        with pytest.raises(Refusal, match=f"already starting here .process {other.pid}"):
            Lock(tmp_path / "run.lock").acquire()
    finally:
        other.kill()
        other.communicate()


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    other = held_by_another(tmp_path / "run.lock", "http://127.0.0.1:8000")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    lock = Lock(tmp_path / "run.lock")
    lock.acquire()
    lock.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "run.lock"), Lock(tmp_path / "run.lock")
    first.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_lock_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "run.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic links"):
        Lock(tmp_path / "run.lock").acquire()
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_folder_is_closed_to_others_even_if_it_was_open(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o755)
    open_folder(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_account_is_refused_unless_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 65534, 65534)
    with pytest.raises(Refusal, match="belongs to another account"):
        open_folder(tmp_path / "state")
    assert open_folder(tmp_path / "state", owner=65534) == tmp_path / "state"


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match=r"cannot be written \(Not a directory\)"):
        open_folder(tmp_path / "file" / "state")


def test_a_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = keep_secret(tmp_path / "secret-key")
    assert len(first) == 43
    assert keep_secret(tmp_path / "secret-key") == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert keep_secret(tmp_path / "other") != first


def test_a_secret_file_left_empty_by_a_killed_run_is_filled(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    assert len(keep_secret(tmp_path / "secret-key")) == 43


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_seen_and_a_free_one_too(taken_port: int) -> None:
    assert port_is_taken("127.0.0.1", taken_port)
    assert not port_is_taken("127.0.0.1", free_port())


def test_a_port_asked_for_and_taken_is_refused_not_replaced(taken_port: int) -> None:
    with pytest.raises(Refusal, match=f"Port {taken_port} is taken by another program"):
        choose_port("127.0.0.1", str(taken_port))


def test_the_default_port_gives_way_to_the_next_free_one(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launch.state.DEFAULT_PORT", taken_port)
    port, moved = choose_port("127.0.0.1", None)
    assert taken_port < port < taken_port + 100
    assert moved


def test_a_port_asked_for_and_free_is_used() -> None:
    port = free_port()
    assert choose_port("127.0.0.1", str(port)) == (port, False)


@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "http", "80 80", "٨٠٨٠", ""])
def test_what_is_no_port_number_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal, match="is not a port number"):
        choose_port("127.0.0.1", wrong)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refusal, match=r"192\.0\.2\.1 is not an address of this machine"):
        choose_port("192.0.2.1", "8000")
