"""What can be set from outside is written down for whoever operates the product."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS_ALONE = {"STATICFILES_BACKEND"}
"""Read by the two commands and the tests; nobody who operates the product sets it."""


def test_every_variable_the_settings_read_stands_in_the_guide_for_operators() -> None:
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text(encoding="utf-8")))
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operating.md").read_text(encoding="utf-8")))
    assert read > {"SECRET_KEY", "DATABASE_URL"}
    assert read - told - OURS_ALONE == set()
