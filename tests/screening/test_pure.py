from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_matching_and_sources_load_without_django() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); import screening.matching, screening.sources;"
        "print([m for m in ('django', 'httpx', 'psycopg', 'celery') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
