"""The Celery application and the timetable. Rows say what is due; the clock asks. Nothing is scheduled with an eta."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("gatehouse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

EVERY_MINUTE = 60.0

app.conf.beat_schedule = {
    "read the chain": {"task": "notifications.tasks.read_new_entries", "schedule": EVERY_MINUTE},
    "deliver what waits": {"task": "notifications.tasks.deliver_waiting", "schedule": EVERY_MINUTE},
    "sweep the clocks": {"task": "compliance.tasks.sweep_clocks", "schedule": 5 * EVERY_MINUTE},
    "screen stale cases again": {"task": "compliance.tasks.rescreen_stale_cases", "schedule": 10 * EVERY_MINUTE},
    "go on with batches": {"task": "compliance.tasks.go_on_with_batches", "schedule": EVERY_MINUTE},
    "index our parties": {"task": "compliance.tasks.index_parties", "schedule": crontab(hour=1, minute=40)},
    "determine open cases again": {
        "task": "compliance.tasks.redetermine_open_cases",
        "schedule": crontab(hour=3, minute=30),
    },
    "go on with questions of impact": {"task": "compliance.tasks.go_on_with_impact", "schedule": EVERY_MINUTE},
    "index what determinations rest on": {
        "task": "compliance.tasks.index_determinations",
        "schedule": crontab(minute=47),
    },
    "refresh the lists": {"task": "screening.tasks.refresh_lists", "schedule": crontab(hour=2, minute=10)},
    "count whom changed lists touch": {"task": "screening.tasks.count_reach", "schedule": 5 * EVERY_MINUTE},
    "verify the chain": {"task": "audit.tasks.verify_tail", "schedule": crontab(minute=17)},
    "seal the day": {"task": "audit.tasks.write_seal", "schedule": crontab(hour=23, minute=50)},
}
