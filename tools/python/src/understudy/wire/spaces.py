"""Spaces as they go over the wire, and back."""

from __future__ import annotations

import math
from typing import Any

import gymnasium as gym
import numpy as np

from ..errors import InputError
from .schema import Check, Wrong, integer, list_of, nullable_number, one_of, record_of, strict

#: Numbers that a described space may have.
MAX_FLAT_SIZE = 2**24

_BOX_DTYPES = ("float32", "float64", "int8", "int16", "int32", "uint8", "uint16", "uint32")
_length = integer(1, MAX_FLAT_SIZE)
_whole = integer(-(2**53 - 1))


def _bound(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return list_of(nullable_number, MAX_FLAT_SIZE)(value, path)
    return nullable_number(value, path)


def space_description(value: Any, path: str) -> dict[str, Any]:
    """Checks a description."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _kinds:
        raise Wrong(f"{path}: expected a space of one of {', '.join(_kinds)}")
    checked: dict[str, Any] = _kinds[kind](value, path)
    return checked


_kinds: dict[str, Check] = {
    "box": strict(
        {
            "kind": one_of("box"),
            "dtype": one_of(*_BOX_DTYPES),
            "shape": list_of(integer(0, MAX_FLAT_SIZE), 8),
            "low": _bound,
            "high": _bound,
        }
    ),
    "discrete": strict({"kind": one_of("discrete"), "n": _length, "start": _whole}),
    "multi-discrete": strict(
        {"kind": one_of("multi-discrete"), "nvec": list_of(_length, 65_536, 1), "start": list_of(_whole, 65_536, 1)}
    ),
    "multi-binary": strict({"kind": one_of("multi-binary"), "shape": list_of(_length, 8, 1)}),
    "dict": strict({"kind": one_of("dict"), "spaces": record_of(space_description)}),
    "tuple": strict({"kind": one_of("tuple"), "spaces": list_of(space_description, 1024)}),
}


def describe_space(space: gym.Space[Any]) -> dict[str, Any]:
    """A space in words that ``create_space`` understands; raises InputError for one that has none."""
    spaces = gym.spaces
    if isinstance(space, spaces.Box) and str(space.dtype) in _BOX_DTYPES:
        low, high = _describe_bound(space.low), _describe_bound(space.high)
        return {"kind": "box", "dtype": str(space.dtype), "shape": list(space.shape), "low": low, "high": high}
    if isinstance(space, spaces.Discrete):
        return {"kind": "discrete", "n": int(space.n), "start": int(space.start)}
    if isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1:
        return {"kind": "multi-discrete", "nvec": space.nvec.tolist(), "start": space.start.tolist()}
    if isinstance(space, spaces.MultiBinary):
        return {"kind": "multi-binary", "shape": list(space.shape)}
    if isinstance(space, spaces.Dict):
        return {"kind": "dict", "spaces": {name: describe_space(part) for name, part in space.spaces.items()}}
    if isinstance(space, spaces.Tuple):
        return {"kind": "tuple", "spaces": [describe_space(part) for part in space.spaces]}
    raise InputError(f"The space {space} has no form in the rollout protocol.")


def _describe_bound(values: Any) -> Any:
    described = [float(value) if math.isfinite(value) else None for value in values.ravel().tolist()]
    if described and all(value == described[0] for value in described):
        return described[0]
    return described


def create_space(description: dict[str, Any]) -> gym.Space[Any]:
    """The space of a checked description; raises InputError when its sizes are beyond reason or don't fit together."""
    kind = description["kind"]
    spaces = gym.spaces
    if kind == "box":
        return _create_box(description)
    if kind == "discrete":
        return spaces.Discrete(description["n"], start=description["start"])
    if kind == "multi-discrete":
        nvec, start = description["nvec"], description["start"]
        if len(nvec) != len(start):
            raise InputError(f"A space has {len(nvec)} discrete parts and {len(start)} starts.")
        return spaces.MultiDiscrete(nvec, start=start)
    if kind == "multi-binary":
        _check_size(description["shape"])
        shape = description["shape"]
        return spaces.MultiBinary(shape[0] if len(shape) == 1 else shape)
    if kind == "dict":
        return spaces.Dict({name: create_space(part) for name, part in sorted(description["spaces"].items())})
    return spaces.Tuple([create_space(part) for part in description["spaces"]])


def _check_size(shape: list[int]) -> int:
    size = math.prod(shape)
    if size > MAX_FLAT_SIZE:
        raise InputError(f"A space of {size} numbers exceeds {MAX_FLAT_SIZE}.")
    return size


def _create_box(description: dict[str, Any]) -> gym.Space[Any]:
    dtype, shape = np.dtype(description["dtype"]), tuple(description["shape"])
    size = _check_size(description["shape"])
    limits = (-np.inf, np.inf)
    if dtype.kind != "f":
        integers = np.iinfo(dtype)
        limits = (integers.min, integers.max)
    low, high = (
        _read_bound(description[name], size, shape, dtype, absent)
        for name, absent in zip(("low", "high"), limits, strict=True)
    )
    return gym.spaces.Box(low, high, shape, dtype.type)


def _read_bound(bound: Any, size: int, shape: tuple[int, ...], dtype: np.dtype[Any], absent: float) -> Any:
    values = bound if isinstance(bound, list) else [bound] * size
    if len(values) != size:
        raise InputError(f"A box of {size} numbers has {len(values)} bounds.")
    numbers = [absent if value is None else value for value in values]
    return np.array(numbers, dtype=np.float64).astype(dtype).reshape(shape)
