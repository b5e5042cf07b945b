"""PostgreSQL and Valkey of our own: short sockets, closed doors, every script kept, recovery after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from launch import Refusal
from launch.processes import Account, Part
from launch.services import SOCKET_LIMIT, SOCKET_NAME, Places, Postgres, Valkey, find_postgres, reachable, short_folder
from launch.state import open_folder
from launch.supervisor import application_env, digest_of

PYTHON = Path(sys.prefix) / "bin" / "python"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    # Not pytest's own folder: as root that is closed to the account PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-launch-")).resolve()
    folder.chmod(0o711)
    found = Places(state=folder, data=folder)
    open_folder(found.logs)
    open_folder(found.pids)
    yield found
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def postgres(places: Places) -> Iterator[tuple[Postgres, Part]]:
    server = Postgres(PYTHON, places, throw_away=True)
    server.make()
    part = server.part()
    part.start()
    part.require(server.ready, 60)
    server.settle()
    yield server, part
    part.stop()


def test_the_database_keeps_letters_of_every_script(postgres: tuple[Postgres, Part]) -> None:
    with psycopg.connect(postgres[0].url) as wire:
        wire.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        alike = wire.execute("SELECT similarity('华为技术有限公司', '华为技术公司') > 0.3, lower('É')").fetchone()
    assert alike == (True, "é")


def test_the_application_is_no_superuser(postgres: tuple[Postgres, Part]) -> None:
    with psycopg.connect(postgres[0].url) as wire:
        assert wire.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_only_the_owner_may_enter_the_folder_of_the_socket(postgres: tuple[Postgres, Part]) -> None:
    assert stat.S_IMODE(postgres[0].sockets.stat().st_mode) == 0o700
    with psycopg.connect(postgres[0].url) as wire:
        assert wire.execute("SHOW listen_addresses").fetchone() == ("",)


def test_settling_twice_changes_nothing(postgres: tuple[Postgres, Part]) -> None:
    server, _ = postgres
    with psycopg.connect(server.url) as wire:
        wire.execute("CREATE TABLE kept AS SELECT 7 AS value")
    server.settle()
    with psycopg.connect(server.url) as wire:
        assert wire.execute("SELECT value FROM kept").fetchone() == (7,)
        wire.execute("DROP TABLE kept")


def test_a_killed_server_comes_back_with_its_rows(postgres: tuple[Postgres, Part]) -> None:
    server, part = postgres
    with psycopg.connect(server.url) as wire:
        wire.execute("SET synchronous_commit = on")  # a throw-away server may lose the last instant
        wire.execute("CREATE TABLE survivor AS SELECT 'committed' AS word")
    assert part.process is not None
    os.kill(part.process.pid, signal.SIGKILL)
    part.process.wait()
    server.clear_stale_locks()
    part.start()
    part.require(server.ready, 60)
    with psycopg.connect(server.url) as wire:
        assert wire.execute("SELECT word FROM survivor").fetchone() == ("committed",)


def test_a_cluster_of_another_version_is_refused_and_untouched(tmp_path: Path, places: Places) -> None:
    server = Postgres(PYTHON, places, throw_away=True)
    server.data = tmp_path / "data"
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Refusal, match="was made by PostgreSQL 12"):
        server.make()
    assert (server.data / "PG_VERSION").read_text() == "12\n"


def test_the_broker_answers_to_its_password_only_and_never_forgets(places: Places) -> None:
    valkey = Valkey(PYTHON, places, throw_away=True)
    part = valkey.part()
    part.start()
    try:
        part.require(valkey.ready, 20)
        assert redis.Redis.from_url(valkey.url).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=valkey.port).ping()
    finally:
        part.stop()


def test_a_long_path_gets_a_short_private_socket_folder_that_is_found_again(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    folder = short_folder(deep / "s", None)
    try:
        assert len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_LIMIT
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert short_folder(deep / "s", None) == folder
    finally:
        folder.rmdir()


def test_a_path_of_chinese_words_is_measured_in_bytes() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        wanted = Path(top) / ("门" * 28) / "s"
        assert len(str(wanted / SOCKET_NAME)) < SOCKET_LIMIT < len(os.fsencode(wanted / SOCKET_NAME))
        wanted.parent.mkdir()
        folder = short_folder(wanted, None)
        folder.rmdir()
        assert folder != wanted


def test_a_closed_home_is_out_of_reach_of_another_account(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        home = Path(top) / "home"
        (home / "state").mkdir(parents=True)
        Path(top).chmod(0o711)
        home.chmod(0o700)
        stranger, owner = Account(54321, 54321), Account(os.geteuid(), os.getegid())
        assert not reachable(home / "state", stranger)
        assert reachable(home / "state", owner)
        home.chmod(0o711)
        assert reachable(home / "state", stranger)
        assert not reachable(Path("/nowhere/at/all"), stranger)


def test_postgresql_is_found_in_the_environment_this_runs_in() -> None:
    found = find_postgres(PYTHON)
    assert found is not None
    assert (found / "initdb").exists()


def test_a_changed_file_changes_the_digest_and_compiled_code_does_not(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text("a")
    before = digest_of(tmp_path, ("app",))
    (tmp_path / "app" / "__pycache__").mkdir()
    (tmp_path / "app" / "__pycache__" / "models.pyc").write_text("x")
    assert digest_of(tmp_path, ("app",)) == before
    (tmp_path / "app" / "models.py").write_text("b")
    assert digest_of(tmp_path, ("app",)) != before


def test_what_the_caller_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("ALLOWED_HOSTS", "gate.example")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    env = application_env(tmp_path, "http://127.0.0.1:8000", "127.0.0.1", demo=False)
    assert (env["SECRET_KEY"], env["ALLOWED_HOSTS"], env["GATEHOUSE_DEMO"]) == ("mine", "gate.example", "0")
    assert env["GATEHOUSE_SECURE_COOKIES"] == "0" or "GATEHOUSE_SECURE_COOKIES" in os.environ
    assert "PYTHONPATH" not in env


def test_the_lock_of_a_server_whose_number_another_program_bears_is_cleared(
    postgres: tuple[Postgres, Part], tmp_path: Path
) -> None:
    server, part = postgres
    lock = server.data / "postmaster.pid"
    server.clear_stale_locks()
    assert lock.exists()
    real = server.data, server.sockets
    try:
        server.data = server.sockets = tmp_path
        (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n/somewhere\n")
        (tmp_path / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n/somewhere\n")
        server.clear_stale_locks()
        assert list(tmp_path.iterdir()) == []
    finally:
        server.data, server.sockets = real
    assert part.ended() is None
