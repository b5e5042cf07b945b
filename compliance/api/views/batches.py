"""Spreadsheets and rescreenings: how far they are, what they came to, and why they may not be relied on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from screening.queries import batches as reading
from screening.queries import not_searched_by

from ..pagination import page_of, page_shape
from ..schema import operation
from ..serializers import batches as shapes
from .door import Door

VIEW = "screening.view_snapshot"
BatchPage = page_shape("BatchPage", shapes.BatchOut)
BatchRowPage = page_shape("BatchRowPage", shapes.BatchRowOut)


class Batches(Door):
    """The batches a person may see, newest first."""

    needs = {"GET": VIEW}

    @operation("list_batches", "List spreadsheets and rescreenings", gives=BatchPage, asks=shapes.BatchQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(shapes.BatchQuery)
        return Response(page_of(reading.batches_for(request.user), asked, _shown))


class BatchRows(Door):
    """The rows of one spreadsheet."""

    needs = {"GET": VIEW}

    @operation("list_batch_rows", "List the rows of a spreadsheet", gives=BatchRowPage, asks=shapes.BatchRowQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(shapes.BatchRowQuery)
        batch = reading.upload_for(request.user, asked["batch"])
        rows = reading.batch_rows(batch, asked.get("which", ""))
        return Response(
            page_of(rows, asked, lambda found: shapes.BatchRowOut(reading.shown_rows(found), many=True).data)
        )


def _shown(rows: Iterable[Any]) -> Any:
    found = list(rows)
    progress = reading.progress_of(found)
    return shapes.BatchOut([_body(batch, progress[batch.pk]) for batch in found], many=True).data


def _body(batch: Any, progress: reading.BatchProgress) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "kind": batch.kind,
        "title": batch.title,
        "sha256": batch.sha256,
        "made_by": batch.made_by,
        "made_at": batch.made_at,
        "standing": batch.standing,
        "finished_at": batch.finished_at,
        "whole": progress.whole,
        "size": progress.size,
        "searched": progress.examined,
        "with_matches": progress.matches,
        "not_searched": progress.unsearched,
        "at_fault": progress.bad,
        "cautions": reading.cautions(batch, progress),
        "lists": batch.coverage.get("searched") or {},
        "lists_not_searched": [
            {"title": str(title), "why": str(why)} for title, why in not_searched_by(batch.coverage)
        ],
    }
