"""Child processes: started so that they die with the launcher, found again if they did not, stopped in order."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launch import Refusal
from launch.words import say

LOG_LIMIT = 10 * 1024 * 1024
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """An account a process is run as."""

    uid: int
    gid: int


@dataclass
class Part:
    """One process of the application and how to keep it running.

    `grace` is in seconds: how long it may take to stop before it is killed. `orphan_signal` is what the kernel sends
    it when the launcher dies.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    pids: Path
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGTERM
    grace: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float | None = field(default=None)

    def start(self) -> None:
        """Start the process in a session of its own, with its output in its log, and write down its number."""
        self.due = None
        self.started = time.monotonic()
        _turn_over(self.log)
        as_other = {} if self.account is None else {"user": self.account.uid, "group": self.account.gid}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the terminal's Ctrl-C reaches only the launcher, which stops them in order
                umask=0o077,
                preexec_fn=dies_with_parent(self.orphan_signal),
                **({**as_other, "extra_groups": []} if as_other else {}),  # type: ignore[call-overload]
            )
        self._pid_file.write_text(json.dumps({"pid": self.process.pid, "command": self.command}), encoding="utf-8")

    @property
    def _pid_file(self) -> Path:
        return self.pids / f"{self.name}.json"

    def ended(self) -> int | None:
        """Return the exit status if the process has ended, after clearing away what it may have left of its group."""
        if self.process is None:
            return None
        status = self.process.poll()
        if status is not None:
            _signal_group(self.process.pid, signal.SIGKILL)
        return status

    def pause(self) -> float:
        """Return the seconds before the next start: doubled with each failure, forgotten after a steady minute."""
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        return min(0.5 * 2.0 ** (self.failures - 1), LONGEST_PAUSE)

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask the process to stop; kill what is left of it when its grace is over or somebody is in a hurry."""
        if self.process is None:
            return
        if self.process.poll() is None:
            _signal(self.process.pid, self.stop_signal)
            deadline = time.monotonic() + self.grace
            while self.process.poll() is None and time.monotonic() < deadline and not hurry():
                time.sleep(0.02)
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        self._pid_file.unlink(missing_ok=True)

    def require(self, ready: Callable[[], bool], seconds: float, retries: int = 0) -> None:
        """Wait until the process answers. Raises Refusal with the end of its log when it ends or is too slow.

        `retries` is how many times it may end and be started again, half a second later, before that counts.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            ended = self.ended() is not None
            if ended and retries > 0:
                retries -= 1
                time.sleep(0.5)
                self.start()
            elif ended or time.monotonic() > deadline:
                raise Refusal(
                    "{name} did not start. Its log, {log}, ends:\n{lines}",
                    name=self.name,
                    log=self.log,
                    lines=tail(self.log),
                )
            time.sleep(0.03)


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """Return what a child does first: ask the kernel for this signal when its parent dies. None without such a call."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return None
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before it could be asked
            os._exit(1)

    return ask


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def command_line(pid: int) -> list[str]:
    """Return the words a process was started with; empty when there is no such process."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return [os.fsdecode(word) for word in proc.read_bytes().split(b"\0")[:-1]]
        except OSError:
            return []
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.split()


def is_running(pid: int, command: list[str]) -> bool:
    """Say whether this number is still this command. A number is used again by the kernel; a command line tells."""
    found = command_line(pid)
    # An interpreter may stand before the words of a script, so the end is what counts.
    wanted = " ".join(command[1:])
    return bool(found) and (found == command or (len(wanted) > 0 and " ".join(found).endswith(wanted)))


def group_members(leader: int, mark: str) -> list[int]:
    """Return the processes of a group whose leader is gone, if their command line bears the mark. Linux only."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            group = int(stat.read_text().rsplit(")", 1)[1].split()[2])
        except (OSError, ValueError, IndexError):
            continue
        pid = int(stat.parent.name)
        if group == leader and mark in " ".join(command_line(pid)):
            members.append(pid)
    return members


def reap(pids: Path, grace: float = 10.0) -> list[str]:
    """Stop what a killed launcher left behind; return the names. Call only while holding the lock.

    Nothing is signalled whose command line is not the one written down.
    """
    found = []
    for file in sorted(pids.glob("*.json")):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            pid, command = int(kept["pid"]), [str(word) for word in kept["command"]]
        except (OSError, ValueError, KeyError, TypeError):
            file.unlink(missing_ok=True)
            continue
        left = [pid] if is_running(pid, command) else group_members(pid, command[0])
        if left:
            say(
                "Found {name} (process {pid}) left over from a run that was killed; stopping it.",
                name=file.stem,
                pid=left[0],
            )
            found.append(file.stem)
        # PostgreSQL takes SIGINT for "stop now, in order" and SIGTERM for "when everybody has gone".
        for member in left:
            _signal(member, signal.SIGINT if "postgres" in file.stem else signal.SIGTERM)
        deadline = time.monotonic() + grace
        while any(command_line(member) for member in left) and time.monotonic() < deadline:
            time.sleep(0.05)
        for member in left:
            if command_line(member):
                _signal(member, signal.SIGKILL)
        file.unlink(missing_ok=True)
    return found
