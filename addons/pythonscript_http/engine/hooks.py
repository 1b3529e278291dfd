"""The hooks of scripts: Callables, perhaps coroutines, that a call asks from the network's thread."""

from __future__ import annotations

from collections.abc import Callable as Function
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from godot import BoundSignal, Callable, Dictionary, Object
from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions import credentials
from pythonscript_http.sessions.bodies import BytesBody
from pythonscript_http.sessions.failures import Failure, SessionError
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.loop import Future, TimedOutError, deadline
from pythonscript_http.sessions.options import ABSENT
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.urls import parse_url

from . import network
from .response import made
from .settings import texts

if TYPE_CHECKING:
    from .service import Service

T = TypeVar("T")

LONGEST_HOOK: Final = 60.0
"""Seconds that a hook may take, where the call's deadline is not earlier."""
_LATE: Final = f"it did not end within {LONGEST_HOOK:g} s"


async def before(hook: Callable, request: Request) -> Request:
    """Has a script change a request.

    Raises:
        SessionError: it cannot be asked, or what it leaves cannot be sent.
    """
    fields: dict[str, Any] = {
        "method": request.method,
        "url": str(request.url),
        "headers": {name: _value(request.headers, name) for name, _ in request.headers},
    }
    body = request.body
    if isinstance(body, BytesBody):
        fields["body"] = bytes(body.data)
    changed = await _answer("before_request", hook, lambda: Dictionary(fields), _plain)
    try:
        return _changed(request, fields, changed)
    except LocalError as error:
        raise SessionError(Failure.HOOK, f"before_request: {error}") from None


async def after(hook: Callable, service: Service, request: Request, response: Response) -> Request | None:
    """Asks a script whether a response is the last one; gives the request that is to be sent otherwise.

    Raises:
        SessionError: it cannot be asked.
    """

    def decided(_: object, result: object) -> bool:
        if result is True:
            service.refresh()  # here, on the main thread, while the call waits
        return result is True

    if not await _answer("after_response", hook, lambda: made(response), decided):
        return None
    # With the defaults as they are now, in which a new token may be. The call's own headers stay.
    own = Headers(request.options.headers) if request.options.headers is not ABSENT else Headers()  # type: ignore[arg-type]
    home = request.home if not service.session.base_url else parse_url(service.session.base_url).url.origin
    fresh = credentials.for_hop(service.session.headers, request.url._replace(origin=request.home), home)
    for name, value in fresh:
        if name not in own:
            request.headers.set(name, value)
    return request


async def _answer(
    name: str, hook: Callable, argument: Function[[], object], result: Function[[Any, Any], T]
) -> T:
    """Calls a hook on the main thread, and gives what it made of its argument, and what it returned."""
    future: Future[T] = Future()
    network.delivery.post_urgent(partial(_call, name, hook, argument, result, future))
    loop = network.loop
    try:
        with deadline(loop, loop.clock() + LONGEST_HOOK, _LATE):
            return await future
    except TimedOutError as error:
        if str(error) != _LATE:
            raise
        raise SessionError(Failure.HOOK, f"{name}: {_LATE}") from None


def _call(
    name: str,
    hook: Callable,
    argument: Function[[], object],
    result: Function[[Any, Any], T],
    future: Future[T],
) -> None:
    """The main thread's part."""
    try:
        if not hook.is_valid():
            raise SessionError(Failure.HOOK, f"{name}: the object that it belongs to was freed")
        given = argument()
        returned = hook(given)
        if isinstance(returned, Object) and returned.is_class("GDScriptFunctionState"):  # a coroutine's
            if network.delivery.sleeping:
                why = "it awaits, and request_sync() keeps the main thread waiting"
                raise SessionError(Failure.HOOK, f"{name}: {why}")
            over: BoundSignal = returned.completed  # type: ignore[attr-defined]  # no class of the API's
            over.connect(lambda value=None: _settle(future, name, result, given, value))
        else:
            future.set(result(given, returned))
    except SessionError as error:
        future.fail(error)
    except Exception as error:
        future.fail(SessionError(Failure.HOOK, f"{name}: {type(error).__name__}: {error}"))


def _settle(
    future: Future[T], name: str, result: Function[[Any, Any], T], given: object, value: object
) -> None:
    try:
        future.set(result(given, value))
    except Exception as error:
        future.fail(SessionError(Failure.HOOK, f"{name}: {type(error).__name__}: {error}"))


def _value(headers: Headers, name: str) -> str | list[str]:
    values = headers.all(name)
    return values[0] if len(values) == 1 else values


def _plain(fields: Dictionary, _: object) -> dict[str, Any]:
    """A Dictionary as it is now, for another thread."""
    return {
        str(name): dict(value.items()) if isinstance(value, Dictionary) else value
        for name, value in fields.items()
    }


def _changed(request: Request, given: dict[str, Any], changed: dict[str, Any]) -> Request:
    method, url, headers = (changed.get(name, given[name]) for name in ("method", "url", "headers"))
    if not (isinstance(method, str) and isinstance(url, str) and isinstance(headers, dict)):
        raise LocalError("method and url must be texts, and headers a dictionary")
    if url != given["url"]:
        parsed = parse_url(url, request.url)
        if credentials.of_url(parsed):
            raise LocalError("the url has a user; its place is the header Authorization")
        request.url = parsed.url
    request.method = str(method)
    request.headers = Headers({name: texts(value) for name, value in headers.items()})
    body = changed.get("body")
    if body is None:
        if "body" in given:
            request.body = None
    elif isinstance(body, str):
        request.body = BytesBody(body.encode(), _content_type(request))
    elif (data := bytes(body)) != given.get("body"):
        request.body = BytesBody(data, _content_type(request))
    return request


def _content_type(request: Request) -> str:
    return "" if request.body is None else request.body.content_type
