"""Five roles and what each may do. ``manage.py sync_roles`` writes them to the database; nothing else does."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The people a compliance team is made of."""

    ANALYST = "intake analyst"
    OFFICER = "compliance officer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_READ = (
    "compliance.view_case",
    "compliance.view_party",
    "compliance.view_item",
    "compliance.view_report",
    "screening.view_snapshot",
)
_WORK = (
    *_READ,
    "compliance.work_case",
    "compliance.comment_case",
    "compliance.add_party",
    "compliance.change_party",
    "compliance.add_item",
    "compliance.change_item",
    "screening.judge_match",
)

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.ANALYST: _WORK,
    Role.OFFICER: (
        *_WORK,
        "compliance.propose_case",
        "compliance.license_case",
        "compliance.ship_case",
        "compliance.run_impact",
    ),
    Role.REVIEWER: (*_READ, "compliance.comment_case", "compliance.approve_case"),
    Role.AUDITOR: (*_READ, "compliance.see_all_units", "audit.view_entry"),
    Role.ADMINISTRATOR: (
        *_READ,
        "compliance.see_all_units",
        "compliance.manage_people",
        "compliance.view_health",
        "compliance.run_impact",
        "screening.refresh_lists",
        "audit.view_entry",
    ),
}
