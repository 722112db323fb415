"""REST services, with dlt's client: its authentication, paging and retries; a load goes on at the page it came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from adapters.sources.faults import refused, unavailable
from adapters.sources.http import PASSING, BoundedSession, PrivateAddress, TooLarge, check_address
from adapters.sources.paging import paginator
from adapters.sources.values import plain
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch, Origin, RawRow

_KEY_HEADER = "X-API-Key"


class RestReader:
    """Fulfils `Reader` for `kind: rest`. A position is {"url", "params"} of the next page, or {"since"} once ended."""

    def __init__(self, seconds: float, attempts: int, megabytes: int, allow_private: bool, backoff: float) -> None:
        self._seconds, self._attempts, self._megabytes = seconds, attempts, megabytes
        self._allow_private, self._backoff = allow_private, backoff

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """Page after page."""
        number, newest = 0, (position or {}).get("newest") or (position or {}).get("since")
        for rows, following in self._pages(origin, position or {}):
            batch = [_row(number + n, one) for n, one in enumerate(rows, 1)]
            number += len(batch)
            newest = _newest(origin, batch, newest)
            if following is None:
                yield Batch(batch, {"since": newest} if origin.options.get("since") and newest else None)
                return
            yield Batch(batch, {**following, "newest": newest})

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The beginning of the first page."""
        first = next(self._pages(origin, {}), ([], None))[0]
        return [_row(number, one) for number, one in enumerate(islice(first, rows), 1)]

    def _pages(self, origin: Origin, position: Mapping[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any] | None]]:
        """(Rows, where the next page is; None at the end)."""
        options = origin.options
        with _translated(self._megabytes):
            client = self._client(options)
            params = dict(position.get("params") or _first_params(options, position))
            paging = paginator(options.get("pages"), params)
            path = str(position.get("url") or options.get("path") or "")
            check_address(path if "://" in path else str(options["url"]), allow_private=self._allow_private)
            selector = str(options.get("records") or "") or None
            for page in client.paginate(
                path, params=params, paginator=paging, data_selector=selector, hooks={"response": []}
            ):
                more = page.paginator.has_next_page
                if more:
                    check_address(page.request.url, allow_private=self._allow_private)
                following = {"url": page.request.url, "params": dict(page.request.params or {})} if more else None
                yield list(page), following

    def _client(self, options: Mapping[str, Any]) -> Any:
        from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
        from dlt.sources.helpers.rest_client.client import RESTClient

        session = BoundedSession(
            self._seconds,
            self._megabytes,
            attempts=self._attempts,
            backoff=self._backoff,
            allow_private=self._allow_private,
            own_headers=_own_headers(options),
        )
        return RESTClient(
            base_url=str(options["url"]),
            headers={str(name): str(value) for name, value in (options.get("headers") or {}).items()},
            auth=_auth(options.get("auth")),
            session=session,
            config=RuntimeConfiguration(),  # not from the environment: only `config` reads that
        )


def _first_params(options: Mapping[str, Any], position: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the definition, and from when on."""
    params = {str(name): value for name, value in (options.get("params") or {}).items()}
    if options.get("since") and position.get("since"):
        params[str(options["since"])] = position["since"]
    return params


def _newest(origin: Origin, rows: Sequence[RawRow], before: Any) -> Any:
    """The highest value of the cursor's field so far; texts and numbers each among themselves."""
    cursor = str(origin.options.get("cursor") or "")
    for row in rows if cursor else ():
        value: Any = row.data.get(cursor)
        comparable = isinstance(value, (str, int, float)) and (before is None or type(value) is type(before))
        if comparable and (before is None or value > before):
            before = value
    return before


def _row(number: int, one: Any) -> RawRow:
    if isinstance(one, dict):
        return RawRow(number, plain(one))
    return RawRow(number, {"": plain(one)}, "not_an_object")


def _own_headers(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Headers that may hold keys."""
    auth = options.get("auth")
    named = (str(auth.get("name", _KEY_HEADER)),) if isinstance(auth, Mapping) else ()
    return (*map(str, options.get("headers") or ()), *named)


def _auth(said: Any) -> Any:
    """bearer: {kind, token}; api_key: {kind, name, key, in: header | query}; basic: {kind, user, password}."""
    from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth

    if said is None:
        return None
    options: Mapping[str, Any] = said if isinstance(said, Mapping) else {"kind": said}
    kind = options.get("kind")
    if kind == "bearer":
        return BearerTokenAuth(token=str(options.get("token", "")))
    if kind == "basic":
        return HttpBasicAuth(str(options.get("user", "")), str(options.get("password", "")))
    if kind == "api_key":
        name, key = str(options.get("name", _KEY_HEADER)), str(options.get("key", ""))
        return APIKeyAuth(name=name, api_key=key, location="query" if options.get("in") == "query" else "header")
    raise refused("auth", auth=kind)


@contextmanager
def _translated(megabytes: int) -> Iterator[None]:
    """What requests and dlt say becomes ours."""
    from requests.exceptions import HTTPError, JSONDecodeError, RequestException

    try:
        yield
    except (SourceRefused, SourceUnavailable):
        raise
    except HTTPError as error:
        answer: Any = error.response  # it has a status: there is one
        raise _status(answer.status_code, answer.reason) from None
    except TooLarge:
        raise refused("response_large", limit=megabytes) from None
    except PrivateAddress as error:
        raise refused("private", host=error) from None
    except JSONDecodeError as error:
        raise refused("not_json", kind=error.msg) from None
    except RequestException as error:
        if private := _cause(error):
            raise refused("private", host=private) from None
        raise unavailable("rest", reason=type(error).__name__) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused("rest", reason=str(error)[:200]) from None


def _status(status: int, reason: str) -> SourceRefused | SourceUnavailable:
    if status in range(400, 500) and status not in PASSING:
        return refused("status", status=status, reason=reason)
    return unavailable("rest", reason=f"HTTP {status}")


def _cause(error: BaseException | None) -> str:
    """The host of a refused private address, if that is at the bottom."""
    while error is not None:
        if isinstance(error, PrivateAddress):
            return str(error)
        error = error.__cause__ or error.__context__
    return ""
