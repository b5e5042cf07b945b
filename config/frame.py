"""What every page's frame shows: what waits for this person, how fresh lists and law are, and what is wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from compliance.queries.frame import waiting_for
from compliance.queries.rulebook import horizon
from notifications.queries import unread
from screening.queries import coverage

from .tags import day, moment


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``frame``, asked for at most once per request and only by pages that show it.

    Components are rendered with contexts of their own, which run this again: the request keeps the answer.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    if not hasattr(request, "_frame"):
        request._frame = SimpleLazyObject(lambda: _frame(user))  # type: ignore[attr-defined]
    return {"frame": request._frame}  # type: ignore[attr-defined]


def _frame(user: Any) -> dict[str, Any]:
    lists = coverage()
    read_to = horizon()
    return {
        "counts": waiting_for(user),
        "freshness": _freshness(lists, read_to),
        "alarms": _alarms(lists, read_to),
        "unread": unread(user),
        "sample": lists.loaded and lists.sample,
    }


def _freshness(lists: Any, read_to: dt.date) -> str:
    if not lists.loaded:
        return _("No lists loaded · law read to %(law)s") % {"law": day(read_to)}
    return _("Lists of %(lists)s · law read to %(law)s") % {"lists": moment(lists.as_of), "law": day(read_to)}


def _alarms(lists: Any, read_to: dt.date) -> list[str]:
    found = []
    if not lists.loaded:
        found.append(
            _(
                "No lists are loaded: nobody can be screened and nothing can be approved. The administrator "
                "loads them on the Screening page."
            )
        )
    elif lists.stale:
        found.append(
            _("Out of date: %(lists)s, of %(day)s; no newer file was loaded, and nothing can be approved.")
            % {
                "lists": ", ".join(one.code for one in lists.out_of_date[:5]),
                "day": day(min(one.as_of for one in lists.out_of_date)),
            }
        )
    if lists.lacking:
        found.append(
            _("No file in use holds %(lists)s, which belong to every search; nothing can be approved.")
            % {"lists": ", ".join(lists.lacking)}
        )
    if lists.loaded and lists.quarantined_since:
        found.append(
            _("A list file loaded on %(day)s was refused; the lists before it stay in use. See Screening, Lists.")
            % {"day": day(lists.quarantined_since)}
        )
    if timezone.localdate() - read_to > dt.timedelta(days=settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS):
        found.append(
            _("The law was last read on %(day)s. What changed since is not in any determination.")
            % {"day": day(read_to)}
        )
    return found
