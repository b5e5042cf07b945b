"""Cases: intake, handing in, what the law says, and what is due."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.lifecycle import WORK
from compliance.queries import desk
from compliance.queries.clocks import clocks, clocks_of
from compliance.queries.determinations import latest_determination
from compliance.queries.parties import case_with_parts
from compliance.queries.proof import NoSuchDetermination
from compliance.services import determine, export, facts, hand_in, intake

from ..errors import Absent
from ..pagination import page_of, page_shape
from ..schema import operation
from ..serializers import cases as shapes
from ..serializers import law as law_shapes
from ..serializers.what_if import ProofQuery
from .door import Door, unit_of
from .objects import evidence_of

VIEW = "compliance.view_case"
CasePage = page_shape("CasePage", shapes.CaseRow)
ClockPage = page_shape("ClockPage", law_shapes.ClockOut)


def case_body(user: Any, ref: str) -> Any:
    """Return one case as the API shows it."""
    return shapes.CaseOut(case_with_parts(user, ref), context={"user": user}).data


class Cases(Door):
    """All cases."""

    needs = {"GET": VIEW, "POST": WORK}

    @operation("list_cases", "List cases", gives=CasePage, asks=shapes.CaseQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(shapes.CaseQuery)
        wanted = {name: value for name, value in asked.items() if name not in ("page", "page_size")}
        found = desk.filtered(request.user, **wanted).select_related("unit", "assigned_to")
        return Response(page_of(found, asked, lambda rows: shapes.CaseRow(rows, many=True).data))

    @operation(
        "open_case", "Open a case with its lines and parties", takes=shapes.NewCase, gives=shapes.CaseOut, status=201,
        once=True,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.given(shapes.NewCase)

        def add() -> Any:
            unit = unit_of(request.user, given)
            case = hand_in.open_whole_case(by=request.user, unit=unit, **given)
            return case_body(request.user, case.ref)

        return self.once(add)


class OneCase(Door):
    """One case."""

    needs = {"GET": VIEW, "PATCH": WORK}

    @operation("read_case", "Read a case", gives=shapes.CaseOut)
    def get(self, request: Request, ref: str) -> Response:
        self.asked()
        return Response(case_body(request.user, ref))

    @operation("amend_case", "Amend a case", takes=shapes.CaseColumns, gives=shapes.CaseOut)
    def patch(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.CaseColumns)
        intake.amend(ref, by=request.user, **given)
        return Response(case_body(request.user, ref))


class CaseLines(Door):
    """The lines of a case."""

    needs = {"POST": WORK}

    @operation("add_case_line", "Add a line", takes=shapes.NewLine, gives=shapes.CaseOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.NewLine)

        def add() -> Any:
            intake.add_line(
                ref,
                by=request.user,
                item_ref=given["item"],
                quantity=given["quantity"],
                unit_value=given.get("unit_value"),
            )
            return case_body(request.user, ref)

        return self.once(add)


class CaseParties(Door):
    """The parties of a case."""

    needs = {"POST": WORK}

    @operation("add_case_party", "Add a party", takes=shapes.NewPlace, gives=shapes.CaseOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.NewPlace)

        def add() -> Any:
            intake.add_party(ref, by=request.user, party_ref=given["party"], role=given["role"])
            return case_body(request.user, ref)

        return self.once(add)


class CaseFacts(Door):
    """Answers to the questions of a case."""

    needs = {"POST": WORK}

    @operation("answer_case", "Answer a question", takes=shapes.NewAnswer, gives=shapes.CaseOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.NewAnswer)
        about = given.get("about", "")
        holder = {"party_ref": about} if about.startswith("P-") else {"item_ref": about}
        evidence = evidence_of(given)

        def add() -> Any:
            facts.answer(ref, by=request.user, **holder, **evidence)
            return case_body(request.user, ref)

        return self.once(add)


class Submit(Door):
    """Handing a case in."""

    needs = {"POST": WORK}

    @operation("submit_case", "Submit, screen and determine", gives=shapes.CaseOut)
    def post(self, request: Request, ref: str) -> Response:
        self.given()
        hand_in.hand_in(ref, by=request.user)
        return Response(case_body(request.user, ref))


class Determination(Door):
    """What the law says of a case."""

    needs = {"GET": VIEW, "POST": WORK}

    @operation("read_determination", "Read the latest determination", gives=law_shapes.DeterminationOut)
    def get(self, request: Request, ref: str) -> Response:
        self.asked()
        stored = latest_determination(request.user, ref)
        if stored is None:
            raise Absent(
                _("The law has not been asked about this case yet. Submit the case first."), code="not_determined"
            )
        return Response(law_shapes.DeterminationOut(law_shapes.determination_of(stored)).data)

    @operation("determine_case", "Ask the law again", gives=law_shapes.DeterminationOut, status=201)
    def post(self, request: Request, ref: str) -> Response:
        self.given()
        stored = determine.determine_case(ref, by=request.user)
        return Response(law_shapes.DeterminationOut(law_shapes.determination_of(stored)).data, status=201)


class CaseProof(Door):
    """A determination with everything that proves it; that it left is an entry of the evidence."""

    needs = {"GET": "compliance.view_report"}

    @operation("read_proof", "Read the proof file of a determination", gives=OpenApiTypes.OBJECT, asks=ProofQuery)
    def get(self, request: Request, ref: str) -> Response:
        asked = self.asked(ProofQuery)
        try:
            return Response(export.proof_file(ref, by=request.user, number=asked.get("number")).proof)
        except NoSuchDetermination as error:
            raise Absent(_("This case has no such determination."), code="not_determined") from error


class CaseDeadlines(Door):
    """The clocks of one case, those that ended included."""

    needs = {"GET": VIEW}

    @operation("list_case_deadlines", "List the deadlines of a case", gives=law_shapes.ClockOut(many=True))
    def get(self, request: Request, ref: str) -> Response:
        self.asked()
        return Response(law_shapes.ClockOut(clocks_of(request.user, ref), many=True).data)


class Deadlines(Door):
    """The clocks that run, of all cases."""

    needs = {"GET": VIEW}

    @operation("list_deadlines", "List deadlines", gives=ClockPage, asks=law_shapes.ClockQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(law_shapes.ClockQuery)
        found = clocks(
            request.user,
            today=timezone.localdate(),
            mine=asked["mine"],
            kind=asked.get("kind", ""),
            within=asked.get("within"),
            all_days="within" not in asked,
        )
        return Response(page_of(found, asked, lambda rows: law_shapes.ClockOut(rows, many=True).data))
