from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from screening import indexes, services
from tests.screening.build import FORTY, LANTERN, file_of

SCOPE: dict[str, Any] = {"refs": None}


def visible_subject_refs(user: Any) -> Any:
    return SCOPE["refs"]


def subject_labels(refs: Any) -> dict[str, str]:
    return {ref: f"label of {ref}" for ref in refs}


def colleagues(subject_ref: str) -> list[tuple[str, str]]:
    """Those who may judge: Mira and Otto."""
    return [("mira", "Mira"), ("otto", "Otto")]


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path) -> Any:
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.25
    settings.GATEHOUSE_LIST_MAX_SHRINK = 0.05
    settings.GATEHOUSE_LIST_URL = ""
    settings.GATEHOUSE_MATCH_COLLEAGUES = f"{__name__}.colleagues"
    indexes._loaded.cache_clear()
    SCOPE["refs"] = None
    yield
    indexes._loaded.cache_clear()


@pytest.fixture
def lists(db: Any, tmp_path: Path) -> Any:
    """Forty-one entries of the Entity List, loaded."""
    return services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "first.csv"), by="mira")


@pytest.fixture
def scope(settings: Any) -> dict[str, Any]:
    """What the person may see: ``scope["refs"]``, None for everything."""
    settings.GATEHOUSE_SUBJECT_SCOPE = f"{__name__}.visible_subject_refs"
    settings.GATEHOUSE_SUBJECT_LABELS = f"{__name__}.subject_labels"
    return SCOPE
