"""The folder that holds what is not code: who may enter it, who runs in it, its secrets, and which ports are free."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import socket
from pathlib import Path
from typing import IO

from launch import Refusal

DEFAULT_PORT = 8000


def open_folder(path: Path, mode: int = 0o700, owner: int | None = None) -> Path:
    """Make a folder with exactly this mode, or take the one there if it is ours or, for root, the named owner's.

    Raises Refusal when it belongs to another account or cannot be written: using a folder somebody else
    prepared would hand that person the secrets and, for root, more.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid not in (os.geteuid(), owner):
            raise Refusal(
                "{path} belongs to another account. Run this as that account, or use a copy of your own.", path=path
            )
        path.chmod(mode)
    except OSError as error:
        raise Refusal(
            "{path} cannot be written ({reason}). Run this from a copy in a folder you own.",
            path=path,
            reason=error.strerror,
        ) from error
    return path


def open_state(path: Path) -> Path:
    """Open the state folder. Only root lets others pass through, not look in: its PostgreSQL is another account."""
    return open_folder(path, 0o711 if os.geteuid() == 0 else 0o700)


class Lock:
    """One run per state folder. The kernel releases the lock with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock or raise Refusal naming the process that holds it and the address it serves."""
        handle = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+", encoding="utf-8")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(handle.read())
            handle.close()
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            if holder.get("address"):
                raise Refusal(
                    "Gatehouse is already running here (process {pid}) at {address}. Stop it with Ctrl-C in its "
                    "terminal, or: kill {pid}",
                    pid=holder.get("pid", "?"),
                    address=holder["address"],
                ) from None
            raise Refusal(
                "Gatehouse is already starting here (process {pid}). Wait for it, or stop it: kill {pid}",
                pid=holder.get("pid", "?"),
            ) from None
        self._file = handle
        self.announce("")

    def announce(self, address: str) -> None:
        """Write down who holds the lock and where it serves, for the next one who asks."""
        if self._file is None:
            return
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "address": address}))
        self._file.flush()

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _holder(text: str) -> dict[str, object]:
    try:
        holder = json.loads(text)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def keep_secret(path: Path) -> str:
    """Return the secret in this file, making one of 256 random bits the first time. Readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if kept:
            return kept
        path.unlink()  # a run was killed between making the file and writing it
        return keep_secret(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(32)
        file.write(secret)
    return secret


def port_is_taken(host: str, port: int) -> bool:
    """Say whether another program listens there. Raises Refusal when the address is not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without this a port used a minute ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise Refusal(
                "{host} is not an address of this machine ({reason}).", host=host, reason=error.strerror
            ) from error
    return False


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port nobody listens on just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def choose_port(host: str, wanted: str | None) -> tuple[int, bool]:
    """Return the port to serve on and whether it is another than the default.

    A port somebody asked for is used or refused, never replaced; the default gives way to the next free one.
    """
    if wanted is None:
        for port in range(DEFAULT_PORT, DEFAULT_PORT + 100):
            if not port_is_taken(host, port):
                return port, port != DEFAULT_PORT
        return free_port(host), True
    if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= 65535:
        raise Refusal("{port} is not a port number: it must lie between 1 and 65535.", port=wanted)
    if port_is_taken(host, int(wanted)):
        raise Refusal(
            "Port {port} is taken by another program. Free it, or choose another: ./run --port {other}",
            port=wanted,
            other=free_port(host),
        )
    return int(wanted), False
