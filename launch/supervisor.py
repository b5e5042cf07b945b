"""`./run`: services, database, web server, worker and clock; one signal stops all; what falls is started again."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType

from launch import Refusal, environment, processes
from launch.prepare import FAILED
from launch.processes import Part, tail
from launch.services import Places, Postgres, Valkey
from launch.state import Lock, choose_port, keep_secret, open_folder, open_state
from launch.words import say, words

SERVER_SECONDS = 60.0
FIRST_PAGE_SECONDS = 90.0
PACKAGES = ("config", "audit", "screening", "compliance", "notifications")


class Stopped(Exception):
    """Somebody asked for the end before everything was up."""


class Supervisor:
    """Everything `./run` started, and the way to its end."""

    def __init__(self, root: Path, state: Path) -> None:
        self.root = root
        self.state = state
        self.parts: list[Part] = []
        self.signals = 0
        self.starting = True
        self.restarted: set[str] = set()
        self.servers: list[Postgres] = []

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Count the signal; while starting, leave at once through the ordinary way out."""
        self.signals += 1
        if self.starting:
            self.starting = False
            raise Stopped

    def add(self, part: Part, ready: Callable[[], bool] | None = None, retries: int = 0) -> Part:
        """Start a part and, if there is a way to ask, wait until it answers."""
        part.start()
        self.parts.append(part)
        if ready is not None:
            part.require(ready, SERVER_SECONDS, retries)
        return part

    def watch(self) -> None:
        """Start again what ends, until a signal comes."""
        while not self.signals:
            now = time.monotonic()
            for part in self.parts:
                if part.due is not None:
                    if now >= part.due:
                        part.start()
                        self.restarted.add(part.name)
                    continue
                status = part.ended()
                if status is not None:
                    pause = part.pause()
                    part.due = now + pause
                    how = (
                        words("killed by signal {number}", number=-status)
                        if status < 0
                        else words("exit code {number}", number=status)
                    )
                    say(
                        "{name} stopped ({how}); starting it again in {seconds} s. Its log is {log}",
                        name=part.name,
                        how=how,
                        seconds=f"{pause:g}",
                        log=part.log,
                    )
                elif part.name in self.restarted and now - part.started > 3:
                    self.restarted.discard(part.name)
                    say("{name} is running again.", name=part.name)
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop all parts, the last started first; a further signal stops the waiting."""
        self.starting = False
        before = self.signals
        told = False

        def hurry() -> bool:
            nonlocal told
            if self.signals > before and not told:
                told = True
                say("Pressed again: stopping without waiting.")
            return told

        if self.parts:
            say("Stopping …")
        for part in reversed(self.parts):
            part.stop(hurry)
        for server in self.servers:
            server.tidy()
        if self.parts:
            say("Everything is stopped.")


def run(root: Path, arguments: list[str]) -> int:
    """Run the application until somebody stops it. Returns the exit status; raises Refusal when it cannot start."""
    began = time.monotonic()
    asked = _parse(arguments)
    state = open_state(Path(os.environ.get("STATE_DIR") or root / ".state").resolve())
    lock = Lock(state / "run.lock")
    lock.acquire()
    supervisor = Supervisor(root, state)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, supervisor.on_signal)
    try:
        address = _start(supervisor, asked)
        lock.announce(address)
        say("Gatehouse is ready at {address} (after {seconds} s)", address=address, seconds=_since(began))
        _tell_accounts(supervisor, asked.demo)
        say("Logs are in {path}. Ctrl-C stops everything.", path=state / "logs")
        supervisor.starting = False
        supervisor.watch()
    except Stopped:
        pass
    finally:
        supervisor.stop()
        lock.release()
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run",
        description=words("Starts Gatehouse on this machine: database, broker, web server, worker and clock."),
    )
    parser.add_argument(
        "--port",
        default=os.environ.get("PORT") or None,
        help=words("port to serve on (default: PORT, else 8000 or the next free one)"),
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help=words("address to listen on (default: 127.0.0.1, this machine only)")
    )
    parser.add_argument(
        "--no-demo",
        dest="demo",
        action="store_false",
        default=os.environ.get("GATEHOUSE_DEMO", "1").lower() not in ("0", "false", "no", "off"),
        help=words("do not load the demo people and cases"),
    )
    return parser.parse_args(arguments)


def _start(supervisor: Supervisor, asked: argparse.Namespace) -> str:
    """Bring everything up in order and return the address."""
    root, state = supervisor.root, supervisor.state
    places = Places(state=state, data=state)
    open_folder(places.logs)
    open_folder(places.pids)
    processes.reap(places.pids)  # first of all: a web server left over would hold the port
    port, moved = choose_port(asked.host, asked.port)
    if moved:
        say("Port {port} is taken by another program; using {other} instead.", port=8000, other=port)
    python = environment.build(root / ".venv", root / "requirements-dev.txt", state / "tools")

    shown = f"[{asked.host}]" if ":" in asked.host else asked.host
    # By name, not by number: browsers keep passkeys for names only.
    address = f"http://{'localhost' if asked.host in ('127.0.0.1', '0.0.0.0') else shown}:{port}"
    env = application_env(state, address, asked.host, asked.demo)
    postgres = _start_services(supervisor, python, places, env)
    _prepare(root, python, env, places, postgres, asked.demo)

    say("Starting the web server, the worker and the clock …")
    serve = ["granian", "--interface", "wsgi", "--no-ws", "--host", asked.host, "--port", str(port)]
    serve += ["--workers", "2", "--blocking-threads", "8", "--workers-kill-timeout", "5", "config.wsgi:application"]
    celery = ["celery", "--app", "config.celery:app", "--quiet"]
    web = _of_ours(supervisor, places, python, env, "web", serve)
    worker = _of_ours(
        supervisor, places, python, env, "worker", [*celery, "worker", "--pool", "threads", "--concurrency", "4"]
    )
    # What it was doing is delivered again by the broker, so an orphan need not finish it.
    worker.orphan_signal = signal.SIGQUIT
    clock_file = open_folder(state / "beat") / "schedule"
    beat = _of_ours(
        supervisor, places, python, env, "beat", [*celery, "beat", "--schedule", str(clock_file), "--pidfile="]
    )
    supervisor.add(web)
    _await_page(web, asked.host, port)
    # After the first page: three interpreters starting at once would make a person wait for it.
    supervisor.add(worker)
    supervisor.add(beat)
    return address


def application_env(state: Path, address: str, host: str, demo: bool) -> dict[str, str]:
    """Return the variables the application runs under. What the caller has set stays, save what `./run` decides."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    env.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        STATE_DIR=str(state),
        GATEHOUSE_DEMO="1" if demo else "0",
        GATEHOUSE_BASE_URL=os.environ.get("GATEHOUSE_BASE_URL") or address,
        PYTHONUNBUFFERED="1",
    )
    env.setdefault("SECRET_KEY", "")
    env["SECRET_KEY"] = env["SECRET_KEY"] or keep_secret(state / "secret-key")
    env.setdefault("GATEHOUSE_SECURE_COOKIES", "0")  # a browser keeps secure cookies from plain http
    # Compressing every file takes longer than a visitor waits; a deployment does it once, when it is built.
    env.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.ManifestStaticFilesStorage")
    env.setdefault("ALLOWED_HOSTS", ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", host])))
    return env


def _start_services(supervisor: Supervisor, python: Path, places: Places, env: dict[str, str]) -> Postgres | None:
    """Start the servers nobody named, put their addresses into the environment, and return our PostgreSQL if any."""
    postgres = None if env.get("DATABASE_URL") else Postgres(python, places)
    valkey = None if env.get("REDIS_URL") else Valkey(python, places)
    if postgres or valkey:
        say("Starting PostgreSQL and Valkey …")
    if postgres:
        supervisor.servers.append(postgres)
        postgres.make()
        postgres.clear_stale_locks()
        # Sessions of a server killed a moment ago hold its memory until they notice.
        supervisor.add(postgres.part(), postgres.ready, retries=20)
        postgres.settle()
        env["DATABASE_URL"] = postgres.url
    if valkey:
        supervisor.add(valkey.part(), valkey.ready)
        env["REDIS_URL"] = valkey.url
    return postgres


def _prepare(
    root: Path, python: Path, env: dict[str, str], places: Places, postgres: Postgres | None, demo: bool
) -> None:
    """Migrate, sync roles, load the demo and collect static files; leave out what has not changed since the last time.

    Only a database of our own can be trusted not to have changed behind our back.
    """
    tables = digest_of(root, PACKAGES) + (" demo" if demo else "")
    if postgres is None or _kept(postgres.prepared) != tables:
        if demo:
            say("Preparing the database and the demo data …")
        else:
            say("Preparing the database …")
        commands = ["migrate", "--no-input", "sync_roles", *(["seed_demo"] if demo else [])]
        _manage(root, python, env, places, commands)
        if demo:
            accounts = _manage(root, python, env, places, ["demo_accounts"], keep=True)
            (places.state / "demo-accounts.txt").write_text(accounts, encoding="utf-8")
        if postgres is not None:
            postgres.prepared.write_text(tables, encoding="ascii")
    static = digest_of(root, ("static", "config", "requirements-dev.txt"))
    if _kept(places.state / "static-stamp") != static:
        say("Collecting the static files …")
        _manage(root, python, env, places, ["collectstatic", "--no-input", "--clear", "--verbosity=0"])
        (places.state / "static-stamp").write_text(static, encoding="ascii")


def digest_of(root: Path, names: tuple[str, ...]) -> str:
    """Return a digest of the files under these names: a change in any of them means the work is to be done again."""
    digest = sha256()
    for name in names:
        top = root / name
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(os.fsencode(file.relative_to(root)) + b"\0")
                digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _kept(stamp: Path) -> str:
    try:
        return stamp.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _manage(
    root: Path, python: Path, env: dict[str, str], places: Places, commands: list[str], keep: bool = False
) -> str:
    """Run management commands; return what they print if kept. Raises Refusal naming the one that failed."""
    log = places.logs / "prepare.log"
    with log.open("ab") as output:
        before = output.tell()
        done = subprocess.run(
            [str(python), str(root / "launch" / "prepare.py"), *commands],
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep else output,
            stderr=output,
        )
    if done.returncode:
        text = log.read_bytes()[before:].decode("utf-8", "replace")
        last = re.findall(r"^--- (manage\.py \w+)", text, re.MULTILINE)
        _, marked, told = text.rpartition(f"{FAILED}\n")
        raise Refusal(
            "`{command}` failed. Its log, {log}, ends:\n{lines}",
            command=last[-1] if last else "manage.py",
            log=log,
            lines=told.strip() if marked else tail(log),
        )
    return (done.stdout or b"").decode("utf-8", "replace")


def _of_ours(
    supervisor: Supervisor, places: Places, python: Path, env: dict[str, str], name: str, words_: list[str]
) -> Part:
    return Part(
        name=name,
        command=[str(python), "-m", *words_],
        env=env,
        folder=supervisor.root,
        log=places.logs / f"{name}.log",
        pids=places.pids,
    )


def _await_page(web: Part, host: str, port: int) -> None:
    """Wait for the first healthy answer. Raises Refusal with the end of the log when none comes."""
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while not _healthy(target, port):
        if web.ended() is not None or time.monotonic() > deadline:
            raise Refusal(
                "The web server gave no page within {seconds} s. Its log, {log}, ends:\n{lines}",
                seconds=f"{time.monotonic() - web.started:.0f}",
                log=web.log,
                lines=tail(web.log),
            )
        time.sleep(0.05)


def _healthy(host: str, port: int) -> bool:
    wire = http.client.HTTPConnection(host, port, timeout=10)
    try:
        wire.request("GET", "/healthz")
        return wire.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        wire.close()


def _tell_accounts(supervisor: Supervisor, demo: bool) -> None:
    accounts = supervisor.state / "demo-accounts.txt"
    if not demo or not accounts.exists():
        return
    say("Sign in as:")
    for line in accounts.read_text(encoding="utf-8").splitlines():
        say("{line}", line="    " + line)
    say("Demo people with published passwords can sign in: keep this address to yourself.")


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f}"
