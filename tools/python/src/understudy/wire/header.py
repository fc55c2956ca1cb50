"""The MessagePack header of a message: plain maps, arrays, strings, numbers, booleans and nil."""

from __future__ import annotations

from typing import Any

import msgpack

from ..errors import ProtocolError
from .limits import MAX_DEPTH, MAX_ITEMS, MAX_SAFE_INTEGER, MAX_STRING_BYTES


def pack_header(value: dict[str, Any]) -> bytes:
    """A header as MessagePack."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def unpack_header(data: bytes) -> Any:
    """The value of a header; raises ProtocolError ``malformed`` or ``limit``."""
    try:
        value = msgpack.unpackb(
            data,
            raw=False,
            strict_map_key=True,
            object_pairs_hook=_to_map,
            ext_hook=_refuse_extension,
            max_str_len=MAX_STRING_BYTES,
        )
    except ProtocolError:
        raise
    except msgpack.exceptions.StackError:
        raise ProtocolError("limit", f"A header is nested deeper than {MAX_DEPTH}.") from None
    except Exception as error:
        reason = str(error)[:200] or type(error).__name__
        if "max_str_len" in reason or _claims_long_string(data):
            raise ProtocolError("limit", f"A string exceeds {MAX_STRING_BYTES} bytes.") from None
        raise ProtocolError("malformed", f"The header of a message can't be read: {reason}.") from None
    _Check().value(value, 0)
    return value


def whole(value: Any) -> int | None:
    """A whole number, whatever its form in MessagePack; None for anything else."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_SAFE_INTEGER:
        return int(value)
    return value if type(value) is int else None


#: Bytes after the type byte: of numbers, of the lengths of strings, arrays and maps.
_NUMBERS = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_STRINGS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_LISTS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}
_SINGLE = frozenset((0xC0, 0xC2, 0xC3))


def _claims_long_string(data: bytes) -> bool:
    """Whether a header that ends early does so in a string beyond the limit; msgpack tells the two not apart."""
    at, values = 0, 1
    while values > 0 and at < len(data):
        kind = data[at]
        values -= 1
        at += 1
        if 0xA0 <= kind <= 0xBF:
            at += kind & 0x1F
        elif kind in _STRINGS:
            length = _read_length(data, at, _STRINGS[kind])
            if length > MAX_STRING_BYTES:
                return at + _STRINGS[kind] <= len(data)
            at += _STRINGS[kind] + length
        elif 0x80 <= kind <= 0x9F or kind in _LISTS or kind in _MAPS:
            size = (_LISTS | _MAPS).get(kind, 0)
            items = _read_length(data, at, size) if size else kind & 0x0F
            # A map's items are keys and values.
            values += items if 0x90 <= kind <= 0x9F or kind in _LISTS else 2 * items
            at += size
            if values > len(data) - at:
                return False
        elif kind in _NUMBERS:
            at += _NUMBERS[kind]
        elif not (kind <= 0x7F or kind >= 0xE0 or kind in _SINGLE):
            return False
    return False


def _read_length(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _to_map(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str):
            raise _malformed("a key is no string")
        if key in found:
            raise _malformed("a key stands twice in a map")
        found[key] = value
    return found


def _refuse_extension(code: int, data: bytes) -> Any:
    raise _malformed("an extension type has no place in it")


def _malformed(reason: str) -> ProtocolError:
    return ProtocolError("malformed", f"The header of a message can't be read: {reason}.")


class _Check:
    """Counts what was read, and refuses what has no place in a header."""

    def __init__(self) -> None:
        self._items = 0

    def value(self, value: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProtocolError("limit", f"A header is nested deeper than {MAX_DEPTH}.")
        self._items += 1
        if self._items > MAX_ITEMS:
            raise ProtocolError("limit", f"A header has more than {MAX_ITEMS} values.")
        kind = type(value)
        if kind is str:
            return
        if kind is int:
            if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
                raise _malformed("an integer exceeds 2^53 - 1")
        elif kind is dict:
            for key, item in value.items():
                self.value(key, depth + 1)
                self.value(item, depth + 1)
        elif kind is list:
            for item in value:
                self.value(item, depth + 1)
        elif value is not None and kind is not bool and kind is not float:
            raise _malformed("a binary or an extension has no place in it")
