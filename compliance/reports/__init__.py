"""What can be reported, in the order in which it is offered. A report is a module here and a line in ``REPORTS``."""

from . import authorizations, cases, clocks, decisions, match_judgements, screening_log
from .shape import Report

REPORTS: tuple[Report, ...] = (
    cases.REPORT,
    decisions.REPORT,
    screening_log.REPORT,
    match_judgements.REPORT,
    clocks.REPORT,
    authorizations.REPORT,
)

BY_SLUG = {report.slug: report for report in REPORTS}
