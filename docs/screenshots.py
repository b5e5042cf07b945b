"""Make the pictures of the README from the demo: a case and the hit desk in English, the reviewer's queue in Chinese.

    ./run                                    in one window
    python docs/screenshots.py ADDRESS       in another; the demo's password is asked for, or read from PASSWORD

Needs the test environment (playwright) and a Chromium, named by CHROMIUM_PATH or found.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "img"
CASE = "12 H200 to Linhai Cloud"
LISTED = "Huawei"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def main(server: str, password: str) -> None:
    """Write docs/img/*.png from the demo served at ``server``."""
    program = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        sys.exit("No Chromium was found: install it, or set CHROMIUM_PATH to its program.")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = sign_in(browser, server, "otto", password)
        page.goto(f"{server}/cases/?q=Linhai+Cloud+(Singapore)")
        page.locator("table.cases a", has_text=CASE).click()
        page.wait_for_load_state("networkidle")
        take(page, "case-en.png")
        page.goto(f"{server}/screening/?q={LISTED}")
        page.locator("[data-rows] a").first.click()
        page.wait_for_load_state("networkidle")
        take(page, "hits-en.png")
        page = sign_in(browser, server, "sam", password)
        page.get_by_role("button", name="中文").click()
        page.goto(f"{server}/queue/")
        page.wait_for_load_state("networkidle")
        take(page, "queue-zh.png")
        browser.close()


def sign_in(browser: Browser, server: str, name: str, password: str) -> Page:
    """Return a window in which ``name`` is signed in."""
    page = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-US").new_page()
    page.goto(f"{server}/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{server}/")
    return page


def take(page: Page, name: str) -> None:
    """Write one picture, and say so where it became too large to be kept."""
    path = FOLDER / name
    page.screenshot(path=path)
    if path.stat().st_size > 400_000:
        sys.exit(f"{path} has {path.stat().st_size} bytes; keep pictures under 400 kB.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/screenshots.py http://127.0.0.1:8000")
    main(sys.argv[1].rstrip("/"), os.environ.get("PASSWORD") or getpass.getpass("The demo's password: "))
