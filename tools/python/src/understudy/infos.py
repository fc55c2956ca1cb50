"""Infos of steps: as columns, which travel, and as what Gymnasium's environments and vector environments give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import ProtocolError
from .wire.arrays import Array

#: Columns of one answer; with their masks, and those of last infos, they stay below a message's limit of arrays.
_MAX_COLUMNS = 200
_MAX_DEPTH = 8
_MAX_RANK = 6
_name_pattern = re.compile(r"[A-Za-z0-9_./-]{1,110}\Z")


class Group(NamedTuple):
    """What stands before the names of columns: numbers, true or false, and which rows have them."""

    info: str
    flag: str
    has: str


STEPS = Group("info/", "flag/", "has/")
FINALS = Group("finalInfo/", "finalFlag/", "finalHas/")


class _Column:
    def __init__(self, rows: int, shape: tuple[int, ...], flags: bool) -> None:
        self.flags = flags
        self.data = np.zeros((rows, *shape), np.float64)
        self.has = np.zeros(rows, np.bool_)


class InfoColumns:
    """Numbers, flags and arrays of numbers of infos, a row for each; what has no form in numbers is left out."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._columns: dict[str, _Column] = {}

    def put(self, row: int, info: Mapping[str, Any]) -> None:
        """Takes one row's info."""
        self._put(row, "", info, 0)

    def arrays(self, group: Group, leading: tuple[int, ...]) -> dict[str, Array]:
        """The columns as arrays; ``leading`` is the shape of the rows in use, such as ``(steps, n)``."""
        rows = int(np.prod(leading, dtype=np.int64))
        arrays: dict[str, Array] = {}
        for name, column in self._columns.items():
            has, data = column.has[:rows], column.data[:rows]
            shape = (*leading, *data.shape[1:])
            prefix, dtype = (group.flag, np.uint8) if column.flags else (group.info, np.float64)
            arrays[prefix + name] = data.astype(dtype).reshape(shape)
            if not has.all():
                arrays[group.has + name] = has.astype(np.uint8).reshape(leading)
        return arrays

    def _put(self, row: int, path: str, info: Mapping[str, Any], depth: int) -> None:
        for key, value in info.items():
            if not isinstance(key, str) or "/" in key:
                continue
            name = f"{path}/{key}" if path else key
            if isinstance(value, Mapping):
                if depth < _MAX_DEPTH:
                    self._put(row, name, value, depth + 1)
                continue
            if not isinstance(value, (bool, int, float, np.generic, np.ndarray, list, tuple)):
                continue
            try:
                numbers = np.asarray(value)
            except ValueError:
                continue  # Lists of different lengths.
            if numbers.dtype.kind in "biuf" and numbers.ndim <= _MAX_RANK:
                self._set(row, name, numbers)

    def _set(self, row: int, name: str, numbers: Array) -> None:
        is_flag = numbers.dtype.kind == "b"
        column = self._columns.get(name)
        if column is None:
            if len(self._columns) >= _MAX_COLUMNS or not _name_pattern.match(name):
                return
            column = self._columns[name] = _Column(self._rows, numbers.shape, is_flag)
        # The first one's shape is the column's: what has another finds no place.
        if column.data.shape[1:] != numbers.shape:
            return
        column.flags = column.flags and is_flag
        column.data[row] = numbers
        column.has[row] = True


def _columns(
    arrays: Mapping[str, Array], group: Group, rows: int
) -> Iterator[tuple[list[str], Array, NDArray[np.bool_]]]:
    """Paths, values and masks of an answer's columns; raises ProtocolError when their shapes are not those of rows."""
    for name, array in arrays.items():
        is_flag = name.startswith(group.flag)
        if not is_flag and not name.startswith(group.info):
            continue
        path = name[len(group.flag if is_flag else group.info) :]
        mask = arrays.get(group.has + path)
        if array.shape[0] != rows or (mask is not None and mask.shape != (rows,)):
            shape = list(array.shape)
            raise ProtocolError("malformed", f"An answer of the server has {name} of shape {shape} for {rows} rows.")
        values = array.astype(np.bool_) if is_flag else array.astype(np.float64)
        has = np.ones(rows, np.bool_) if mask is None else mask.astype(np.bool_)
        yield path.split("/"), values, has


def read_info(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """The info of an answer with one row: numbers, flags, and arrays of numbers."""
    info: dict[str, Any] = {}
    for path, values, has in _columns(arrays, STEPS, 1):
        if not has[0]:
            continue
        place = _place(info, path)
        if place is not None:
            place[path[-1]] = values[0].item() if values.ndim == 1 else values[0]
    return info


def read_infos(
    arrays: Mapping[str, Array], group: Group, rows: NDArray[np.int64] | None, num_envs: int
) -> dict[str, Any]:
    """Infos as a vector environment of Gymnasium gives them: a column and a mask ``_name`` for each.

    Args:
        rows: The sub-environments that the answer's rows are of; all of them unless told.
    """
    infos: dict[str, Any] = {}
    for path, values, has in _columns(arrays, group, num_envs if rows is None else len(rows)):
        if rows is not None:
            spread = np.zeros((num_envs, *values.shape[1:]), values.dtype)
            spread[rows] = values
            values, found = spread, np.zeros(num_envs, np.bool_)
            found[rows] = has
            has = found
        place = _place(infos, path, has)
        if place is not None:
            place[path[-1]], place["_" + path[-1]] = values, has
    return infos


def _place(info: dict[str, Any], path: list[str], has: NDArray[np.bool_] | None = None) -> dict[str, Any] | None:
    """The map that a path's last name belongs into, with masks on the way; None where a number is in the way."""
    for name in path[:-1]:
        inner = info.setdefault(name, {})
        if not isinstance(inner, dict):
            return None
        if has is not None:
            info["_" + name] = info.get("_" + name, False) | has
        info = inner
    return info
