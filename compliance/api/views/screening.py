"""Looking a party up in the lists: the same search as on the screen, for one party at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from screening import policy
from screening.queries import cautions
from screening.reasons import Refusal as NotSearchable
from screening.services.asking import Answer, Proposed, ask

from ..errors import Busy
from ..schema import operation
from ..serializers import screening as shapes
from .door import Door


class LookUpRate(UserRateThrottle):
    """So many look-ups a minute for one person, however many tokens they hold."""

    scope = "look_ups"

    def get_rate(self) -> str:
        return f"{settings.GATEHOUSE_LOOKUPS_PER_MINUTE}/min"

    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except RedisError:
            # Without the counter nobody is turned away: a search not made is worse than one too many.
            return True


class LookUps(Door):
    """One party in the lists."""

    needs = {"POST": "screening.view_snapshot"}
    throttle_classes = [LookUpRate]

    @operation(
        "look_up",
        "Look a party up in the lists",
        takes=shapes.Question,
        gives=shapes.AnswerOut,
        also={429: "More look-ups than a minute allows; `Retry-After` says how many seconds to wait."},
    )
    def post(self, request: Request) -> Response:
        given = self.given(shapes.Question)
        try:
            answer = ask(
                given["names"],
                addresses=given.get("addresses", ()),
                countries=given.get("countries", ()),
                identifiers=given.get("identifiers", ()),
                kind=given.get("type", ""),
                on=_day(given.get("on")),
                threshold=given.get("threshold"),
                limit=given["limit"],
            )
        except NotSearchable as refusal:
            if refusal.key == "no_lists":
                raise Busy(str(refusal), code="no_lists") from refusal
            raise ValidationError({refusal.field: [str(refusal)]}) from refusal
        return Response(shapes.AnswerOut(_body(answer)).data)


def _day(written: str | None) -> dt.date | None:
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        raise ValidationError({"on": [_("The calendar has no such day.")]}) from error


def _body(answer: Answer) -> dict[str, Any]:
    coverage = answer.coverage
    return {
        "as_of": coverage.as_of,
        "stale": coverage.stale,
        "sample": coverage.sample,
        "cautions": cautions(coverage),
        "threshold": answer.threshold,
        "matcher_version": answer.matcher_version,
        "hits": [_hit(one) for one in answer.hits],
        "more": answer.more,
        "names_not_compared": answer.names_not_compared,
        "searched": [
            {
                "code": one.code,
                "title": str(one.title),
                "entries": one.entries,
                "published_at": one.published_at,
                "as_of": one.as_of,
                "out_of_date": one.stale,
            }
            for one in coverage.searched
        ],
        "absent": [{"code": one.code, "title": str(one.title)} for one in coverage.absent],
        "not_searched": [{"title": str(title), "why": str(why)} for title, why in coverage.not_searched],
        "says": _says(answer),
    }


def _says(answer: Answer) -> str:
    """Return the result in words, with all that makes it less than a whole search."""
    told = []
    if answer.names_not_compared:
        count = len(answer.names_not_compared)
        told.append(ngettext("%(count)d name could not be compared.", "%(count)d names could not be compared.", count) % {"count": count})  # fmt: skip  # noqa: E501
    return " ".join([*told, _found(answer), *cautions(answer.coverage)])


def _found(answer: Answer) -> str:
    day = date_format(answer.coverage.as_of, "DATE_FORMAT") if answer.coverage.as_of else "–"
    count = len(answer.hits)
    if not count and answer.threshold > policy.current().least:
        return _("No match of %(percent)s %% and more in the lists of %(day)s. Less sure ones were not asked for.") % {
            "day": day,
            "percent": f"{answer.threshold * 100:g}",
        }
    if not count:
        return _("No match in the lists of %(day)s. Owners, and the lists not searched, may say otherwise.") % {
            "day": day
        }
    words = ngettext("%(count)d possible match in the lists of %(day)s.", "%(count)d possible matches in the lists of %(day)s.", count)  # fmt: skip  # noqa: E501
    said = words % {"count": count, "day": day}
    if answer.more:
        left = ngettext("%(more)d less sure one is not shown.", "%(more)d less sure ones are not shown.", answer.more)
        said = f"{said} {left % {'more': answer.more}}"
    return said


def _hit(one: Proposed) -> dict[str, Any]:
    listed = one.listed
    return {
        "rank": one.rank,
        "score": one.score,
        "entity_id": one.entity_id,
        "entity_key": one.entity_key,
        "list": listed.list_code,
        "list_title": str(listed.list_title),
        "name": listed.name,
        "our_name": one.our_name,
        "listed_name": one.listed_name,
        "addresses": listed.addresses,
        "countries": listed.countries,
        "programs": listed.programs,
        "license_requirement": listed.license_requirement,
        "license_policy": listed.license_policy,
        "federal_register_notice": listed.federal_register_notice,
        "source_list_url": listed.source_list_url,
        "reasons": one.signals,
        "words": [
            {"ours": ours, "listed": theirs, "alike": round(alike, 3), "rarity": round(rarity, 3)}
            for (ours, theirs, alike), rarity in zip(one.words, one.rarity, strict=True)
        ],
    }
