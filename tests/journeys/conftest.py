"""A real browser for the walks: Debian's Chromium by default, a server in this process, the clock at 2026-11-21.

Without a Chromium the walks are skipped with the reason; ``REQUIRE_E2E=1`` makes that a failure.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from screening.services.loading import SAMPLE, refresh
from tests.cast import Cast, enter_cast
from tests.conftest import _flush_all
from tests.forgetting import forget_cached

from .browser import FLAGS, Visitor

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "test-output"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
TODAY = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
WINDOWS = pytest.StashKey[list[Visitor]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(170))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the program of the browser, or leave the test out, or fail where a browser is demanded."""
    named = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), "")
    if named and os.access(named, os.X_OK):
        return named
    reason = "no Chromium was found: install it, or set CHROMIUM_PATH to its program"
    if os.environ.get("REQUIRE_E2E", "").lower() in ("1", "true", "yes", "on"):
        pytest.fail(f"REQUIRE_E2E is set, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def november() -> Iterator[None]:
    """Let it be Saturday, 21 November 2026, for server and tests; the clock goes on from there."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture(scope="module")
def browser(chromium: str, november: None) -> Iterator[Browser]:
    """Return a headless browser, started once for a file of tests."""
    # The browser's driver keeps a loop running in this thread; Django would then refuse to ask the database here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        # In that loop Django opens a connection of its own, which must empty tables like the first and be closed.
        for connection in connections.all():
            connection.ops.sql_flush = partial(_flush_all, connection, connection.ops.sql_flush)
        launched = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield launched
        launched.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def server(november: None, django_db_setup: None) -> Iterator[str]:
    """Return the address of the product, served from this process."""
    live = LiveServer("localhost")
    live._live_server_modified_settings.enable()
    yield live.url
    live.stop()
    live._live_server_modified_settings.disable()


@pytest.fixture
def people(transactional_db: None, november: None) -> Cast:
    """The people of tests/cast.py on an empty ground, which is swept after the test."""
    forget_cached()
    return enter_cast()


Door = Callable[..., Visitor]


@pytest.fixture
def lists(people: Cast, tmp_path: Path) -> Path:
    """Load the entries of the sample as if they had been published, for nothing can be cleared on a sample."""
    published = tmp_path / "published.csv"
    published.write_bytes(SAMPLE.read_bytes())
    assert refresh(published, by="system").outcome == "loaded"
    return published


@pytest.fixture
def door(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Door]:
    """Return a function that opens a window for a person and signs her in; nothing may go wrong behind any window."""
    windows: list[Visitor] = []
    request.node.stash[WINDOWS] = windows

    def enter(name: str, *, signed_in: bool = True, **options: Any) -> Visitor:
        context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        visitor = Visitor.enter(context, server, name)
        windows.append(visitor)
        return visitor.sign_in() if signed_in else visitor

    yield enter
    wrong = [f"{each.name}: {what}" for each in windows for what in each.wrong]
    for each in windows:
        each.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        for number, each in enumerate(item.stash.get(WINDOWS, [])):
            PICTURES.mkdir(exist_ok=True)
            name = f"{item.name[:80].replace('/', '-')}-{number}-{each.name}.png"
            # Taking the picture styles the page in place, which the page's policy refuses and notes.
            wrong = list(each.wrong)
            each.page.screenshot(path=PICTURES / name, full_page=True)
            each.wrong[:] = wrong
            report.sections.append((f"{each.name} at {each.page.url}", f"test-output/{name}"))
    return report
