"""Messages to frames, and frames to messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import ProtocolError
from .arrays import Array, describe_arrays, dtype_name, pack_arrays, unpack_arrays
from .header import pack_header, unpack_header, whole
from .limits import DEFAULT_LIMITS, PROTOCOL_VERSION, SUPPORTED_VERSIONS, MessageLimits
from .messages import DEFINITIONS, ArrayRule
from .schema import Wrong

_session_pattern = re.compile(r"[0-9a-f]{32}\Z")
_header_keys = frozenset("vtqsab")


class Message(NamedTuple):
    """A message that passed every check. ``arrays`` are read-only views of its frame."""

    type: str
    body: dict[str, Any]
    arrays: dict[str, Array]
    request: int | None = None
    session: str | None = None


def encode_message(
    type: str,
    body: Mapping[str, Any] | None = None,
    arrays: Mapping[str, Array] | None = None,
    *,
    request: int | None = None,
    session: str | None = None,
) -> list[bytes]:
    """The frames of a message: its header and, where it has arrays, one with a copy of them all."""
    header: dict[str, Any] = {"v": PROTOCOL_VERSION, "t": type}
    if request is not None:
        header["q"] = request
    if session is not None:
        header["s"] = session
    if arrays:
        header["a"] = describe_arrays(arrays)
    header["b"] = dict(body or {})
    packed = pack_header(header)
    return [packed, pack_arrays(arrays)] if arrays else [packed]


def decode_message(
    frames: Sequence[bytes | memoryview],
    *,
    limits: MessageLimits = DEFAULT_LIMITS,
    accept: Collection[str] | None = None,
) -> Message:
    """The message of frames that came off a wire.

    Args:
        frames: Everything that arrived, the sender's address not among it.
        accept: The types that may arrive here; others are refused.

    Raises:
        ProtocolError: ``version``, ``malformed``, ``unknown-type`` or ``limit``.
    """
    views = [memoryview(frame) for frame in frames]
    _check_sizes(views, limits)
    header, request, session = _read_header(bytes(views[0]))
    type = header["t"]
    if type not in DEFINITIONS or (accept is not None and type not in accept):
        raise ProtocolError(
            "unknown-type", f"A message of type {type[:40]!r} is not expected here.", request=request, session=session
        )
    definition = DEFINITIONS[type]
    try:
        _check_presence(type, "q", request is not None, definition.request)
        _check_presence(type, "s", session is not None, definition.session)
        try:
            body = definition.body(header.get("b"), "")
        except Wrong as wrong:
            raise ProtocolError("malformed", f"The body of {type} is wrong: {str(wrong)[:300]}.") from None
        arrays = unpack_arrays(header.get("a"), views[1] if len(views) > 1 else None)
        _check_arrays(type, arrays, definition.arrays)
    except ProtocolError as error:
        raise ProtocolError(error.code, str(error), request=request, session=session) from None
    return Message(type, body, arrays, request, session)


def _check_sizes(views: Sequence[memoryview], limits: MessageLimits) -> None:
    if not 1 <= len(views) <= 2:
        raise ProtocolError("malformed", f"A message has {len(views)} frames, expected one or two.")
    header_bytes = views[0].nbytes
    if header_bytes > limits.header_bytes:
        raise ProtocolError("limit", f"A header of {header_bytes} bytes exceeds the limit of {limits.header_bytes}.")
    message_bytes = sum(view.nbytes for view in views)
    if message_bytes > limits.message_bytes:
        raise ProtocolError(
            "limit", f"A message of {message_bytes} bytes exceeds the limit of {limits.message_bytes}."
        )


def _read_header(frame: bytes) -> tuple[dict[str, Any], int | None, str | None]:
    header = unpack_header(frame)
    if not isinstance(header, dict):
        raise ProtocolError("malformed", "A message's header is no map.")
    q, s = whole(header.get("q")), header.get("s")
    request = q if q is not None and q >= 0 else None
    session = s if isinstance(s, str) and _session_pattern.match(s) else None

    def bad(what: str) -> ProtocolError:
        return ProtocolError("malformed", f"A message's header {what}.", request=request, session=session)

    version = whole(header.get("v"))
    if version != PROTOCOL_VERSION:
        if version is None:
            raise bad("has no version")
        ours = ", ".join(map(str, SUPPORTED_VERSIONS))
        sentence = f"A message came in version {version} of the rollout protocol; this side speaks version {ours}."
        raise ProtocolError("version", sentence, request=request, session=session, versions=SUPPORTED_VERSIONS)
    if not isinstance(header.get("t"), str):
        raise bad("has no type")
    if "q" in header and request is None:
        raise bad("has a request number that is none")
    if "s" in header and session is None:
        raise bad("has a session that is no 32 hexadecimal digits")
    if not _header_keys.issuperset(header):
        raise bad("has an unknown key")
    if "a" in header and header["a"] is None:
        raise bad("has no list of arrays")
    return header, request, session


def _check_presence(type: str, key: str, there: bool, presence: str) -> None:
    if presence == "optional" or there == (presence == "required"):
        return
    verb = "takes no" if there else "needs a"
    raise ProtocolError("malformed", f"{type} {verb} {key} in its header.")


def _rule_for(name: str, rules: dict[str, ArrayRule]) -> ArrayRule | None:
    """The rule for an array: that of its name, or of the group before its first slash."""
    group, slash, rest = name.partition("/")
    return rules.get(name) or (rules.get(f"{group}/*") if slash and rest else None)


def _check_arrays(type: str, arrays: dict[str, Array], rules: dict[str, ArrayRule] | None) -> None:
    if rules is None:
        return
    for name, array in arrays.items():
        rule = _rule_for(name, rules)
        dtype = dtype_name(array)
        if rule is None or dtype not in rule.dtypes or array.ndim not in rule.ranks:
            shape = list(array.shape)
            raise ProtocolError("malformed", f"{type} has {name} as {dtype} {shape}, which is not what it may have.")
    for name, rule in rules.items():
        if not rule.optional and name not in arrays:
            raise ProtocolError("malformed", f"{type} lacks the array {name}.")
