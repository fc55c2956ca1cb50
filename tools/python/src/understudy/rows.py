"""Flat rows, as they travel, to and from a space's elements."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .errors import InputError, ProtocolError
from .wire import Message

Row = NDArray[Any]


def action_size(space: gym.Space[Any]) -> int:
    """Numbers in one action: a box's size, or 1; raises InputError for spaces that have no flat form."""
    if isinstance(space, gym.spaces.Discrete):
        return 1
    if isinstance(space, gym.spaces.Box):
        return int(np.prod(space.shape, dtype=np.int64))
    raise InputError(f"An environment on a server needs Box or Discrete actions, got {space}.")


def flat_size(space: gym.Space[Any]) -> int:
    """Numbers in one flattened observation, discrete parts one-hot."""
    return int(gym.spaces.flatdim(space))


def flatten_actions(space: gym.Space[Any], actions: Any, count: int) -> NDArray[np.float32]:
    """Actions of ``count`` sub-environments as float32 ``[count, size]``; raises InputError for another shape."""
    size = action_size(space)
    values = np.asarray(actions)
    shape = (count, *(space.shape or ()))
    if values.shape != shape or values.dtype.kind not in "fiub":
        raise InputError(f"Actions are {values.dtype} {list(values.shape)}, expected numbers of shape {list(shape)}.")
    return values.astype(np.float32).reshape(count, size)


def unflatten_row(space: gym.Space[Any], row: Row) -> Any:
    """The observation that a row holds, in the space's own types."""
    if isinstance(space, gym.spaces.Box):
        return row.astype(space.dtype).reshape(space.shape)
    return gym.spaces.unflatten(space, row)


def check_rows(message: Message, count: int, size: int) -> None:
    """Raises ProtocolError when an answer's shapes are not those of ``count`` rows."""
    expected = {"observations": (count, size)}
    for name in ("rewards", "terminated", "truncated", "wasReset"):
        expected[name] = (count,)  # type: ignore[assignment]
    for name, shape in expected.items():
        if message.arrays[name].shape != shape:
            found = list(message.arrays[name].shape)
            raise ProtocolError("malformed", f"An answer of the server has {name} of shape {found}, not {list(shape)}.")
