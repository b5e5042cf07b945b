"""Every page of the demo, found by its links: as each role, in Chinese, on a narrow window, and read by axe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import CharField, TextField

from compliance.management.demo.accounts import password
from compliance.models import Fact, Unit, User
from tests.forgetting import forget_cached

from .browser import Visitor
from .conftest import Door
from .crawl import Map, explore, kind_of

ROLES = {
    "mira": ("the intake analyst", "en"),
    "otto": ("the compliance officer", "zh-hans"),
    "rhea": ("the reviewer", "zh-hans"),
    "ada": ("the auditor", "en"),
    "adam": ("the administrator", "zh-hans"),
}
"""Who looks round, and in which language. The officer sees everything the analyst does, and more."""

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
ASK_AXE = """(rules) => axe.run(document, {
    resultTypes: ["violations"], preload: false, elementRef: false, runOnly: rules,
}).then((found) => found.violations)"""
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
READ_BY_AXE = (
    "compliance:desk", "compliance:case", "compliance:case_new", "compliance:party", "compliance:item",
    "compliance:report", "compliance:authorizations", "screening:match", "notifications:inbox",
)  # fmt: skip
ENGLISH = re.compile(r"[A-Za-z]*[a-z]{3,}")
# Digests go before the names people gave: a digest may hold "ada", and what is left of it would read as a word.
# No word boundary marks where they begin, for a Chinese character before them is a letter too.
DIGESTS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{16,}|[0-9a-f]{4}·[0-9a-f]{4})(?![0-9A-Za-z])")
CODES = re.compile(
    r"\((?:i|v|x)+\)|(?:Part|Supp\. No\.|Note|Category) [0-9]+|\b[0-9][A-E][0-9]{3} and [0-9][A-E][0-9]{3}\b"
    r"|BIS (?:industry )?(?:announcement|guidance|policy statement)(?: on General Prohibition 10)? of [0-9-]+"
    r"(?: (?:May|June) [0-9]{4})?"
    r"|part_[0-9]{3}|1 Example Road, Singapore|data-center|Word|Excel"
    r"|Gatehouse|JSON Lines|SHA-256|[\w.+-]+@[\w.-]+|[\w-]+\.(?:csv|json|xlsx|pdf|txt|gz|zip)\b|“[^”]*”"
)
"""What is the same in every language: paragraphs, names, addresses, and examples in quotation marks."""

# Marked so that the test database is made; the demo itself is committed, for the server to see it.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(november: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Map]]:
    """Load the demo once for this file, and sweep it away afterwards. Holds what each role's links lead to."""
    was = settings.GATEHOUSE_DEMO
    settings.GATEHOUSE_DEMO = True
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_")
        call_command("sync_roles", verbosity=0)
        call_command("seed_demo", verbosity=0)
        try:
            yield {}
        finally:
            settings.GATEHOUSE_DEMO = was
            call_command("flush", verbosity=0, interactive=False)


def enter(door: Door, name: str, **options: Any) -> Visitor:
    forget_cached()
    return door(name, signed_in=False, **options).sign_in(password())


def explored(demo: dict[str, Map], door: Door, name: str) -> Map:
    """Return what a role's links lead to, followed once."""
    if name not in demo:
        visitor = enter(door, name)
        if ROLES[name][1] == "zh-hans":
            visitor.press("中文")
        demo[name] = explore(visitor)
    return demo[name]


@pytest.mark.parametrize("name", ROLES)
def test_every_link_leads_somewhere(name: str, demo: dict[str, Map], door: Door) -> None:
    found = explored(demo, door, name)
    assert len(found.pages) >= 20, f"{ROLES[name][0]} reached only {found.pages}"
    assert not found.broken, "\n".join(found.broken)


def test_every_file_that_is_offered_can_be_had(demo: dict[str, Map], door: Door) -> None:
    found = explored(demo, door, "ada")
    assert {kind_of(path).partition("?")[0] for path in found.files} >= {
        "compliance:case_pdf",
        "compliance:case_proof",
        "compliance:report_export",
    }
    visitor = enter(door, "ada")
    for path in found.files:
        answer = visitor.context.request.get(f"{visitor.server}{path}")
        assert answer.status == 200, f"{path} answers {answer.status}"
        assert "attachment" in answer.headers["content-disposition"]
        assert len(answer.body()) > 80


def test_no_english_is_left_on_a_chinese_page(demo: dict[str, Map], door: Door) -> None:
    told = written_by_people()
    left = []
    for name, (_role, language) in ROLES.items():
        if language == "zh-hans":
            for words, path in explored(demo, door, name).words.items():
                if english := ENGLISH.search(CODES.sub(" ", told.sub(" ", DIGESTS.sub(" ", words)))):
                    left.append(f"{path}: “{english[0]}” in: {words[:160]}")
    assert not left, "\n".join(sorted(set(left)))


def written_by_people() -> re.Pattern[str]:
    """Return what matches every text of the demo's rows: names, titles, reasons. They stay in the writer's language."""
    told: set[str] = set()
    for label in ("compliance", "screening", "audit"):
        for model in apps.get_app_config(label).get_models():
            names = [f.name for f in model._meta.concrete_fields if isinstance(f, CharField | TextField)]
            for row in model._default_manager.values_list(*names) if names else ():
                told |= {str(value).strip() for value in row if value and re.search("[A-Za-z]{3}", str(value))}
    told |= {line for text in told for line in text.splitlines()}
    # A code such as "draft" is a value of the program, not somebody's words; people and units are called by theirs.
    told -= {value for value in told if re.fullmatch("[a-z_.]+", value)}
    told |= {*User.objects.values_list("username", flat=True), *Unit.objects.values_list("code", flat=True)}
    told |= {fact for fact in Fact.objects.values_list("value", flat=True) if isinstance(fact, str) and " " in fact}
    whole = [re.escape(" ".join(text.split())) for text in sorted(told, key=len, reverse=True)]
    # A long one may be cut short where there is little room.
    cut = [re.escape(" ".join(text.split())[:30]) + r".*?(?:\.\.\.|…)" for text in told if len(text) > 60]
    return re.compile("|".join([*whole, *cut]))


@pytest.mark.parametrize("name", ROLES)
def test_no_page_scrolls_sideways_in_a_narrow_window(name: str, demo: dict[str, Map], door: Door) -> None:
    found = explored(demo, door, name)
    assert not found.wide, "\n".join(found.wide)


@pytest.mark.parametrize(("theme", "rules"), [("light", EVERYTHING), ("dark", ["color-contrast"])])
def test_axe_finds_nothing_serious(theme: str, rules: list[str], demo: dict[str, Map], door: Door) -> None:
    # axe measures by styling elements in place, which the page's own policy rightly forbids.
    visitor = enter(door, "otto", color_scheme=theme, bypass_csp=True)
    paths = [next(p for p in explored(demo, door, "otto").pages if kind_of(p) == kind) for kind in READ_BY_AXE]
    found: dict[str, str] = {}
    for path in paths:
        visitor.go(path)
        visitor.page.evaluate(AXE)
        for each in visitor.page.evaluate(ASK_AXE, rules):
            if each["impact"] in ("serious", "critical"):
                for node in each["nodes"]:
                    why = " ".join(one["message"] for one in node["any"])
                    found.setdefault(
                        f"{each['id']} {node['target']}", f"{path}: {each['help']}: {node['html'][:200]} {why}"
                    )
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
