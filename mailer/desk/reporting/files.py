"""A report as a file: `?form=csv` for spreadsheets, `?form=json` as the command line prints it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.http import HttpResponse

from mailer.desk.access import DeskRequest
from mailer.reporting import spreadsheets


def asked(
    request: DeskRequest,
    name: str,
    *,
    columns: Sequence[str],
    rows: Callable[[], Iterable[Sequence[object]]],
    as_json: Callable[[], dict[str, Any]],
) -> HttpResponse | None:
    """Return the file that the address asks for, to be kept under this name; None where it wants the page."""
    match request.GET.get("form"):
        case "csv":
            return _file(spreadsheets.written(columns, rows()).encode(), "text/csv", f"{name}.csv")
        case "json":
            told = orjson.dumps(as_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n"
            return _file(told, "application/json", f"{name}.json")
        case _:
            return None


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)
