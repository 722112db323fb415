"""How a service hands out its pages: the option `pages` as a paginator of dlt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sources.faults import refused


def paginator(said: Any, params: Mapping[str, Any]) -> Any:
    """The paginator; None when nothing is said: dlt then looks at the first answer. Raises SourceRefused.

    `params` are those of the page where reading goes on: its number or offset is among them.
    """
    if said is None:
        return None
    options: Mapping[str, Any] = said if isinstance(said, Mapping) else {"kind": said}
    made = _KINDS.get(str(options.get("kind")))
    if made is None:
        raise refused("pages", reason=said)
    try:
        return made(options, params)
    except (TypeError, ValueError) as error:
        raise refused("pages", reason=error) from error


def _none(_options: Mapping[str, Any], _params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator

    return SinglePagePaginator()


def _link(options: Mapping[str, Any], _params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

    return JSONLinkPaginator(next_url_path=str(options.get("next", "next")))


def _header(options: Mapping[str, Any], _params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

    return HeaderLinkPaginator(links_next_key=str(options.get("next", "next")))


def _number(options: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import PageNumberPaginator

    param, first = str(options.get("param", "page")), int(options.get("first", 1))
    return PageNumberPaginator(
        base_page=first, page=int(params.get(param, first)), page_param=param, total_path=options.get("total")
    )


def _offset(options: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

    param = str(options.get("param", "offset"))
    return OffsetPaginator(
        limit=int(options.get("limit", 100)),
        offset=int(params.get(param, 0)),
        offset_param=param,
        limit_param=str(options.get("limit_param", "limit")),
        total_path=options.get("total"),
    )


def _cursor(options: Mapping[str, Any], _params: Mapping[str, Any]) -> Any:
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    return JSONResponseCursorPaginator(
        cursor_path=str(options.get("next", "cursors.next")), cursor_param=str(options.get("param", "cursor"))
    )


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Any]] = {
    "none": _none,
    "link": _link,
    "header": _header,
    "number": _number,
    "offset": _offset,
    "cursor": _cursor,
}
