"""Errors of the protocol and of wrong inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ERROR_CODES = (
    "version",
    "malformed",
    "unknown-type",
    "invalid",
    "limit",
    "sequence",
    "unknown-session",
    "unknown-environment",
    "busy",
    "draining",
    "failed",
    "stale",
    "unauthorized",
    "internal",
)

#: Codes that tell of something the caller gave.
_INPUT_CODES = frozenset({"version", "invalid", "limit", "unknown-environment"})

_MAX_MESSAGE_LENGTH = 2000


class InputError(ValueError):
    """Something the caller gave is wrong; the message is one sentence that says what to do."""


class ProtocolError(RuntimeError):
    """A message, or the request in it, was refused.

    Attributes:
        code: One of ``ERROR_CODES``.
        request: The number of the refused request, where it could be read.
        session: The session of the refused request, where it could be read.
        versions: What the other side speaks, for ``version``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        request: int | None = None,
        session: str | None = None,
        versions: Sequence[int] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.request = request
        self.session = session
        self.versions = versions


class ServerTimeoutError(TimeoutError):
    """The server did not answer in time, lost connections and repetitions included."""


def error_body(error: BaseException, code: str = "internal") -> dict[str, Any]:
    """The body of an ``error`` message for an exception; ``code`` is for those that are neither of the above."""
    message = str(error)[:_MAX_MESSAGE_LENGTH] or type(error).__name__
    if isinstance(error, ProtocolError):
        body: dict[str, Any] = {"code": error.code, "message": message}
        if error.versions is not None:
            body["versions"] = list(error.versions)
        return body
    return {"code": "invalid" if isinstance(error, InputError) else code, "message": message}


def error_from_body(body: dict[str, Any]) -> Exception:
    """The exception that an ``error`` message stands for."""
    code, message = body["code"], body["message"]
    if code in _INPUT_CODES:
        return InputError(message)
    return ProtocolError(code, message, versions=body.get("versions"))
