"""What every operation does the same way: who may enter, which body it takes, what a repeat gets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.queries import choices
from compliance.services import repeats
from compliance.services.refusals import BadInput

from ..errors import Absent
from ..permissions import Needs

_REF = re.compile(r"[A-Z]{1,2}-[0-9-]{1,17}\Z")
_KEY = re.compile(r"[!-~]{1,100}\Z")


class Door(APIView):
    """A view whose ``needs`` names the permission of each method; a method it does not name is not there."""

    permission_classes = [Needs]
    needs: dict[str, str] = {}

    @property
    def allowed_methods(self) -> list[str]:
        return sorted(self.needs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "ref" in kwargs and not _REF.match(kwargs["ref"]):
            raise Absent()
        if request.method not in ("GET", "HEAD"):
            self.nothing_in_the_address(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "private, no-store"
        return answer

    def nothing_in_the_address(self, request: Request) -> None:
        """Refuse a query string where there is nothing to ask."""
        if request.query_params:
            raise ValidationError(
                {name[:80]: [_("This operation takes nothing in its address.")] for name in request.query_params}
            )

    def asked(self, shape: type[serializers.Serializer[Any]] | None = None) -> dict[str, Any]:
        """Return what the query string asks for. Raises ``ValidationError``."""
        if shape is None:
            self.nothing_in_the_address(self.request)
            return {}
        return _valid(shape, self.request.query_params.dict())

    def given(self, shape: type[serializers.Serializer[Any]] | None = None) -> dict[str, Any]:
        """Return what the body says. Raises ``ValidationError``."""
        body = self.request.data
        if shape is None:
            if body not in ({}, None):
                raise ValidationError({"": [_("This operation takes no body.")]})
            return {}
        return _valid(shape, body)

    def once(self, do: Callable[[], Any], *, status: int = 201) -> Response:
        """Carry out a change and answer with what ``do`` returns; under an Idempotency-Key only the first time."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return Response(do(), status=status)
        if not _KEY.match(key):
            raise ValidationError(
                {"Idempotency-Key": [_("Use 1 to 100 visible ASCII characters for the Idempotency-Key.")]}
            )
        (status, body), repeated = repeats.once(
            key, by=self.request.user, request=self._digest(), do=lambda: (status, _plain(do()))
        )
        return Response(body, status=status, headers={"Idempotent-Replayed": "true"} if repeated else None)

    def _digest(self) -> str:
        asked = [self.request.method, self.request.path, self.request.data]
        return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def unit_of(user: Any, given: dict[str, Any]) -> Any:
    """Take the unit out of what was given and return it. Raises ``BadInput`` for one the person is not of."""
    code = given.pop("unit", "")
    unit = choices.unit_named(user, code)
    if code and unit is None:
        raise BadInput("unit", _("You have no business unit “%(given)s”.") % {"given": code})
    return unit


def _valid(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    read = shape(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def _plain(body: Any) -> Any:
    return json.loads(JSONRenderer().render(body))


class Nowhere(Door):
    """Every address that is none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.needs = {str(request.method): "nothing"}
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        if not request.user.is_authenticated:
            self.permission_denied(request)
        raise Absent(_("There is no such address. Addresses of the API have no slash at their end."))
