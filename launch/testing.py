"""`./test`: throw-away services, pytest, and everything stopped whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import FrameType

from launch import Refusal, environment
from launch.processes import Part, reap
from launch.services import Places, Postgres, Valkey
from launch.state import Lock, open_folder, open_state
from launch.words import say, words

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
NOT_E2E = "not e2e"


def test(root: Path, arguments: list[str]) -> int:
    """Run the tests and return pytest's exit status. Raises Refusal when they cannot be run at all."""
    chromium = find_chromium(os.environ)
    required = os.environ.get("REQUIRE_E2E", "").lower() in ("1", "true", "yes", "on")
    if chromium is None and required:
        raise Refusal("REQUIRE_E2E=1, but no Chromium was found. Install it, or set CHROMIUM_PATH to its program.")
    state = open_state((root / ".state").resolve())
    python = environment.build(root / ".venv", root / "requirements-dev.txt", state / "tools")
    left_over(state)
    # Under the shared folder for temporary files, with a name nobody can guess: paths stay short enough for sockets.
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-")).resolve()
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    places = Places(state=state, data=folder)
    open_folder(places.logs)
    open_folder(places.pids)
    lock = Lock(folder / "lock")
    lock.acquire()
    note = open_folder(state / "throw-away") / folder.name
    note.write_text(str(folder), encoding="utf-8")
    parts: list[Part] = []
    signal.signal(signal.SIGTERM, _as_interrupt)
    signal.signal(signal.SIGHUP, _as_interrupt)
    try:
        env = _env(state=folder / "state", chromium=chromium)
        _start_services(python, places, env, parts)
        if chromium is None:
            say("End-to-end tests are left out: no Chromium was found. Install it, or set CHROMIUM_PATH.")
        return _pytest(root, python, env, pytest_arguments(arguments, chromium is not None))
    except KeyboardInterrupt:
        return 130
    finally:
        for part in reversed(parts):
            part.grace = 5.0
            part.stop()
        shutil.rmtree(folder, ignore_errors=True)
        note.unlink(missing_ok=True)
        lock.release()


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _env(state: Path, chromium: str | None) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    env.update(DJANGO_SETTINGS_MODULE="config.settings", STATE_DIR=str(state), PYTHONUNBUFFERED="1")
    env.setdefault("SECRET_KEY", "for tests only")
    # The manifest of the production storage exists only after collectstatic.
    env.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
    if chromium:
        env["CHROMIUM_PATH"] = chromium
    return env


def _start_services(python: Path, places: Places, env: dict[str, str], parts: list[Part]) -> None:
    """Start the servers nobody named, put their addresses into the environment, and say what is tested against."""
    database, broker = words("the server in DATABASE_URL"), words("the server in REDIS_URL")
    if not env.get("DATABASE_URL"):
        postgres = Postgres(python, places, throw_away=True)
        postgres.make()
        parts.append(postgres.part())
        parts[-1].start()
        parts[-1].require(postgres.ready, 60)
        postgres.settle()
        env["DATABASE_URL"] = postgres.url
        database = words("a throw-away PostgreSQL {version}", version=postgres.version)
    if not env.get("REDIS_URL"):
        valkey = Valkey(python, places, throw_away=True)
        parts.append(valkey.part())
        parts[-1].start()
        parts[-1].require(valkey.ready, 30)
        env["REDIS_URL"] = valkey.url
        broker = words("a throw-away Valkey")
    say("Testing on {database}, {broker}.", database=database, broker=broker)


def find_chromium(environ: os._Environ[str] | dict[str, str]) -> str | None:
    """Return the browser for end-to-end tests, or None. Raises Refusal when CHROMIUM_PATH names something unusable."""
    named = environ.get("CHROMIUM_PATH")
    if named:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise Refusal("CHROMIUM_PATH names {path}, which cannot be run.", path=named)
        return named
    for name in CHROMIUM:
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
        if found:
            return found
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(mac) if mac.exists() else None


def pytest_arguments(given: list[str], browser: bool) -> list[str]:
    """Return pytest's arguments: what was given, in two processes unless asked otherwise, no browser without one."""
    found = list(given)
    if not browser:
        for place, word in enumerate(found):
            if word == "-m" and place + 1 < len(found):
                found[place + 1] = f"({found[place + 1]}) and {NOT_E2E}"
                break
            if word.startswith("-m") and not word.startswith("--") and len(word) > 2:
                found[place] = f"-m({word[2:].removeprefix('=')}) and {NOT_E2E}"
                break
        else:
            found += ["-m", NOT_E2E]
    asked = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in found)
    # Whole files stay together: a file's worker or browser is then started once.
    return found if asked else ["-n", "2", "--dist", "loadfile", *found]


def _pytest(root: Path, python: Path, env: dict[str, str], arguments: list[str]) -> int:
    # In the launcher's own group, so that Ctrl-C reaches it; it is waited for, since it has reports to write.
    process = subprocess.Popen([str(python), "-m", "pytest", "-p", "no:randomly", *arguments], cwd=root, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
        raise


def left_over(state: Path) -> None:
    """Clear away what a killed test run left. A run that is still going holds its lock and is let be."""
    for note in open_folder(state / "throw-away").iterdir():
        folder = Path(note.read_text(encoding="utf-8").strip() or "/nonexistent")
        if folder.name == note.name and folder.is_dir() and folder.stat().st_uid == os.geteuid():
            lock = Lock(folder / "lock")
            try:
                lock.acquire()
            except Refusal:
                continue
            reap(folder / "pids", grace=5.0)
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()
        note.unlink(missing_ok=True)
