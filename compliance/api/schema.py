"""What the description of the API needs beyond what is read from the views."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from .serializers.base import Problem

WORDS = {
    400: "The request cannot be used: `errors` names each field and what is wrong with it.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The roles of the person behind the token do not include this.",
    404: "There is no such thing, or it lies outside the business units of the person behind the token.",
    409: "Understood, but something stands in the way; `code` says what.",
    413: "The body is too large.",
    415: "The body is not declared as `application/json`.",
}
LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`en` or `zh-hans`: the language of every sentence in the answer.",
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    OpenApiParameter.HEADER,
    description="Any text of your own. Sent again with the same body it gives the first answer and changes nothing.",
)


def operation(
    name: str,
    summary: str,
    *,
    gives: Any,
    status: int = 200,
    takes: Any = None,
    asks: Any = None,
    once: bool = False,
    also: dict[int, str] | None = None,
) -> Any:
    """Describe one operation: what it takes (body), asks (query) and gives, and every way in which it says no.

    ``once`` operations change something and may be repeated under an ``Idempotency-Key``; ``also`` describes further
    ways to say no.
    """
    noes = {code: WORDS[code] for code in (400, 401, 403, 404, 409, *((413, 415) if takes else ()))} | (also or {})
    given = OpenApiResponse(description="Done: nothing is left to say.") if gives is None else gives
    return extend_schema(
        operation_id=name,
        summary=summary,
        request=takes,
        responses={status: given, **{code: OpenApiResponse(Problem, words) for code, words in noes.items()}},
        parameters=[*([asks] if asks else []), *([KEY] if once else []), LANGUAGE],
    )


def close_requests(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say in the schema what the door does: a body with a field that is not described is refused."""
    for name, component in result.get("components", {}).get("schemas", {}).items():
        if name.endswith("Request") and component.get("type") == "object":
            component["additionalProperties"] = False
    return result
