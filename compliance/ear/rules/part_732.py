"""How far the law was read at all: before the first day, after the horizon, and which parts of it were read earlier."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, rule
from compliance.ear.law import FIRST_DAY, HORIZON, Law


@rule(
    "15 CFR 732.1",
    step=Step.SUBJECT,
    since=date.min,
    until=FIRST_DAY - timedelta(days=1),
    effect=Effect.HOLDS,
)
def before_first_day(facts: Facts, law: Law) -> Said:
    """No law is encoded before the first advanced computing rule."""
    return applies("not_encoded", values={"day": law.day, "first": FIRST_DAY})


@rule("15 CFR 732.1", step=Step.SUBJECT, since=HORIZON + timedelta(days=1), effect=Effect.HOLDS)
def after_horizon(facts: Facts, law: Law) -> Said:
    """The state of the law after the horizon is not known here; silence is no proof that nothing changed.

    An organization may accept the law as last read for some days more (``Law.tolerance``): the answer then stands, says
    so, and is asked for again on the day of shipment.
    """
    days = (law.day - HORIZON).days
    if days <= law.tolerance:
        values = {"day": law.day, "horizon": HORIZON, "days": days, "tolerance": law.tolerance}
        return applies("near", effect=Effect.INFO, checked=False, values=values)
    return applies("not_known", values={"day": law.day, "horizon": HORIZON})


@rule("91 FR 46260", step=Step.SUBJECT, since=date(2026, 7, 23))
def amendment_not_read(facts: Facts, law: Law) -> Said:
    """An amendment of 742.6 of which only the citation is known: shown, because it cannot be weighed."""
    return applies("unread", checked=False, values={"horizon": HORIZON})


RULES = (
    before_first_day,
    after_horizon,
    amendment_not_read,
)
