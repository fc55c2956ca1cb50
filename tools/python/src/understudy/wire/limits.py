"""Bounds of what a receiver takes; anything beyond is refused before memory is taken for it."""

from __future__ import annotations

from typing import NamedTuple

PROTOCOL_VERSION = 1
#: All versions that this package can speak, best first.
SUPPORTED_VERSIONS = (PROTOCOL_VERSION,)


class MessageLimits(NamedTuple):
    """Sizes in bytes."""

    header_bytes: int = 2**20
    #: All frames together.
    message_bytes: int = 64 * 2**20


DEFAULT_LIMITS = MessageLimits()

#: Maps and arrays inside one another in a header, the header itself counted.
MAX_DEPTH = 32
#: Values in a header, keys counted.
MAX_ITEMS = 2**17
MAX_STRING_BYTES = 2**16
MAX_ARRAYS = 1024
MAX_RANK = 8
#: Every array starts at a multiple of so many bytes in the data frame.
ALIGNMENT = 8
#: The largest integer that every language holds exactly.
MAX_SAFE_INTEGER = 2**53 - 1
