"""A process whose children read the chain and deliver letters, and die by SIGKILL at the step they are told.

Each line of input is ``read``, ``deliver`` or ``batches`` and a number: a child is made that does it and kills itself
as it comes to that step (0: never). A step is every statement to the database and every file that is opened, linked or
removed in the folder of mail. The answer is one line: ``killed`` or ``done``.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import django

django.setup()

# ruff: noqa: E402  Django must be set up before its models are imported.
from django.conf import settings
from django.db import connection
from django.urls import get_resolver

from compliance.services import rescreen
from notifications import services
from screening.services import batches

FILE_EVENTS = {"open", "os.link", "os.remove"}


def work_on_batches() -> None:
    for batch_id in batches.unfinished():
        rescreen.work(batch_id)


VERBS = {"read": services.read_new_entries, "deliver": services.deliver_waiting, "batches": work_on_batches}


def live_until(what: str, fatal: int) -> None:
    """Read the chain or deliver what waits; die at the fatal step."""
    steps = count(1)

    def step() -> None:
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def at_statement(execute: Any, *args: Any) -> Any:
        step()
        return execute(*args)

    def at_file(event: str, args: tuple[Any, ...]) -> None:
        if event in FILE_EVENTS and str(settings.EMAIL_FILE_PATH) in str(args[0]):
            step()

    sys.addaudithook(at_file)
    with connection.execute_wrapper(at_statement):
        VERBS[what]()


# Loaded once here and not in every child: letters hold addresses of pages.
get_resolver().reverse_dict.keys()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        verb, fatal_step = line.split()
        live_until(verb, int(fatal_step))
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    answer = "killed" if os.WIFSIGNALED(status) else "done" if status == 0 else f"failed {status}"
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()
