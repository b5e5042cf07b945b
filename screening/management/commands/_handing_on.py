"""What the commands that change the lists in use say of the rescreening that follows."""

from __future__ import annotations

from celery import current_app
from kombu.exceptions import OperationalError

from screening.tasks import hand_on

ANSWER = 0.5
"""Seconds that workers have to answer that they are there."""


def handed_on() -> str:
    """Ask the workers to screen parties and open cases again, and say whether they will do so at once."""
    later = "Parties and open cases are screened again when beat and a worker run: within ten minutes of their start."
    if not hand_on():
        return f"No broker answers. {later}"
    try:
        workers = len(current_app.control.ping(timeout=ANSWER))
    except OperationalError:
        workers = 0
    if not workers:
        return f"No worker answers. {later}"
    return "The workers are screening parties and open cases again; see Screening, Many at once."
