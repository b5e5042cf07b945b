"""A person at a browser: pages opened, forms filled, and everything that went wrong unseen written down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.cast import PASSWORD

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
UNFOLD = "part => { for (let at = part; at; at = at.parentElement) at.open = true }"
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""What the browser notes of every page of ours that says no; the walks look at the page itself."""


@dataclass
class Visitor:
    """One browser window of one person, signed in or not."""

    context: BrowserContext
    page: Page
    server: str
    name: str
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def enter(cls, context: BrowserContext, server: str, name: str) -> Visitor:
        """Open a window that notes console errors, requests to elsewhere, broken parts and answers of 500."""
        visitor = cls(context, context.new_page(), server, name)
        context.on("request", visitor._request)
        context.on("response", visitor._response)
        context.on("console", visitor._console)
        context.on("weberror", lambda error: visitor.wrong.append(f"{error.page.url if error.page else ''}: {error}"))
        return visitor

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:", "about:")):
            self.wrong.append(f"{self.page.url}: asked for {request.url}, which is not ours")

    def _response(self, response: Response) -> None:
        ours = response.request.resource_type in ("document", "fetch", "xhr")
        if response.status >= 500 or (response.status >= 400 and not ours):
            self.wrong.append(f"{response.status} from {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.wrong.append(f"{self.page.url}: {message.type} in the console: {message.text}")

    # --- Moving about ------------------------------------------------------------------------------------------------
    def go(self, path: str, *, status: int = 200) -> Response:
        """Open an address and hold its status to the one expected."""
        response = self.page.goto(f"{self.server}{path}", wait_until="load")
        assert response is not None
        assert response.status == status, f"{path} answered {response.status} to {self.name}, not {status}"
        return response

    @property
    def path(self) -> str:
        """Return where the window is, without the server."""
        return urlsplit(self.page.url).path

    def sign_in(self, password: str = PASSWORD) -> Visitor:
        """Sign in on the sign-in page, as everybody does."""
        self.go("/accounts/login/")
        self.page.locator("input[name=login]").fill(self.name)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(f"{self.server}/")
        return self

    def reads(self, *sentences: str) -> None:
        """Hold the page to words it must show, waiting for them a little."""
        for sentence in sentences:
            expect(self.page.get_by_text(sentence).first).to_be_attached()
        self.page.wait_for_load_state("load")

    def press(self, label: str, within: str = "body") -> None:
        """Press the button with exactly this word on it."""
        self.page.locator(within).get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state("load")

    def unfold(self, target: str) -> Locator:
        """Open the folded part ``target`` and every one around it, and return it."""
        part = self.page.locator(target).first
        part.evaluate(UNFOLD)
        return part

    def deed(self, slug: str, **given: Any) -> None:
        """Open the form of a step of the case page, fill it in and send it."""
        form = self.unfold(f"#deed-{slug}").locator("form")
        self.fill(form, **given)
        form.locator("button:not([type=button])").last.click()
        self.page.wait_for_load_state("load")

    def fill(self, form: Locator, **given: Any) -> None:
        """Fill in fields by their names: words, choices, ticks and files."""
        for name, value in given.items():
            field = form.locator(f"[name='{name}']")
            kind = field.first.evaluate("element => element.type")
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                field.set_checked(value)
            elif kind == "file":
                field.set_input_files(value)
            elif kind == "select-one":
                field.select_option(value)
            else:
                field.fill(str(value))
