"""The data frame of a message: arrays one after another, little-endian, in C order."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtocolError
from .header import whole
from .limits import ALIGNMENT, MAX_ARRAYS, MAX_RANK, MAX_SAFE_INTEGER

Array = NDArray[Any]

#: Types of numbers by their names in a header.
DTYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype("<u1"),
    "i8": np.dtype("<i1"),
    "u16": np.dtype("<u2"),
    "i16": np.dtype("<i2"),
    "u32": np.dtype("<u4"),
    "i32": np.dtype("<i4"),
    "u64": np.dtype("<u8"),
    "i64": np.dtype("<i8"),
    "f32": np.dtype("<f4"),
    "f64": np.dtype("<f8"),
}
_names = {dtype: name for name, dtype in DTYPES.items()}
_name_pattern = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,127}\Z")


def dtype_name(array: Array) -> str:
    """The name of an array's type of numbers; raises TypeError for one that can't travel."""
    dtype = np.dtype(array.dtype).newbyteorder("<")
    if dtype not in _names:
        raise TypeError(f"An array of {array.dtype} has no place in a message.")
    return _names[dtype]


def describe_arrays(arrays: Mapping[str, Array]) -> list[list[Any]]:
    """The descriptors of arrays, in the order in which their data follows."""
    return [[name, dtype_name(array), list(array.shape)] for name, array in arrays.items()]


def pack_arrays(arrays: Mapping[str, Array]) -> bytes:
    """The data frame: a copy of all arrays, each on its boundary."""
    parts: list[bytes] = []
    for array in arrays.values():
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        parts.append(data)
        parts.append(bytes(-len(data) % ALIGNMENT))
    return b"".join(parts)


def unpack_arrays(described: Any, frame: memoryview | None) -> dict[str, Array]:
    """The arrays of a data frame: read-only views of its bytes.

    Raises:
        ProtocolError: ``malformed`` or ``limit`` when names, types, shapes and bytes don't fit together.
    """
    arrays: dict[str, Array] = {}
    if described is None and frame is None:
        return arrays
    if not isinstance(described, list) or frame is None:
        raise ProtocolError("malformed", "A message has arrays without a data frame, or a data frame without arrays.")
    if len(described) > MAX_ARRAYS:
        raise ProtocolError("limit", f"A message has more than {MAX_ARRAYS} arrays.")
    at = 0
    for entry in described:
        name, dtype, shape, size = _check_descriptor(entry)
        if name in arrays:
            raise ProtocolError("malformed", f"The array {name} stands twice in a message.")
        length = size * dtype.itemsize
        end = at + length
        after = end + -length % ALIGNMENT
        if after > frame.nbytes:
            claim = f"The array {name} ({entry[1]} {shape}) needs bytes up to {after}"
            raise ProtocolError("malformed", f"{claim}, but the data frame has {frame.nbytes}.")
        if any(frame[end:after]):
            raise ProtocolError("malformed", f"The bytes after the array {name} are not zero.")
        try:
            array: Array = np.frombuffer(frame[at:end], dtype).reshape(shape)
        except ValueError:
            raise _bad(f"of {name} has a shape beyond what there can be") from None
        arrays[name] = array if sys.byteorder == "little" else array.astype(dtype.newbyteorder("="))
        at = after
    if at != frame.nbytes:
        raise ProtocolError("malformed", f"The data frame has {frame.nbytes} bytes, its arrays take {at}.")
    return arrays


def _check_descriptor(entry: Any) -> tuple[str, np.dtype[Any], list[int], int]:
    if not isinstance(entry, list) or len(entry) != 3:
        raise _bad("is no triple of name, type and shape")
    name, dtype, shape = entry
    if not isinstance(name, str) or not _name_pattern.match(name):
        raise _bad("has a name that is none")
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise _bad(f"of {name} has an unknown type")
    if not isinstance(shape, list) or len(shape) > MAX_RANK:
        raise _bad(f"of {name} has no shape of rank 0 to {MAX_RANK}")
    lengths: list[int] = []
    size = 1
    for item in shape:
        length = whole(item)
        if length is None or length < 0:
            raise _bad(f"of {name} has no whole numbers as shape")
        lengths.append(length)
        size *= length
        if size > MAX_SAFE_INTEGER:
            raise _bad(f"of {name} claims more numbers than there can be")
    return name, DTYPES[dtype], lengths, size


def _bad(what: str) -> ProtocolError:
    return ProtocolError("malformed", f"An array's description {what}.")
