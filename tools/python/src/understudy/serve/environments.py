"""One client's environments: Gymnasium environments stepped together, as flat rows."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import load_env_creator
from numpy.typing import NDArray

from ..errors import InputError, ProtocolError
from ..infos import FINALS, STEPS, InfoColumns
from ..rows import action_size, flat_size
from ..wire import Message
from ..wire.arrays import Array
from ..wire.spaces import describe_space

#: A message's type, body and arrays.
Answer = tuple[str, dict[str, Any], dict[str, Array]]


class Environments:
    """Sub-environments of a session. Every answer's arrays are copied before the next request changes them.

    Args:
        make: The body of the ``make`` message.
        message_bytes: What one answer may take.
    """

    def __init__(self, make: dict[str, Any], message_bytes: int) -> None:
        self.id: str = make["id"]
        self._mode, self._infos = make["autoresetMode"], make["infos"]
        self._step_infos = make.get("stepInfos", False)
        self._message_bytes = message_bytes
        self._envs: list[gym.Env[Any, Any]] = []
        try:
            for _ in range(make["count"]):
                self._envs.append(self._make(make["options"]))
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _make(self, options: dict[str, Any]) -> gym.Env[Any, Any]:
        if "render_mode" not in options and _draws(self.id):
            # Pictures cost nothing until they are asked for; an environment that opens a display for them does without.
            with contextlib.suppress(Exception):
                return gym.make(self.id, render_mode="rgb_array", **options)
        try:
            return gym.make(self.id, **options)
        except Exception as error:
            raise InputError(f"{self.id} can't be made with these options: {error}") from error

    def _prepare(self) -> None:
        first = self._envs[0]
        count = len(self._envs)
        self._space, self._action_space = first.observation_space, first.action_space
        self._size, self._action_size = flat_size(self._space), action_size(self._action_space)
        self._started = False
        self._ended = np.zeros(count, np.bool_)
        self._rows: dict[str, Array] = {
            "observations": np.zeros((count, self._size), np.float32),
            "rewards": np.zeros(count, np.float64),
            "terminated": np.zeros(count, np.uint8),
            "truncated": np.zeros(count, np.uint8),
            "wasReset": np.zeros(count, np.uint8),
        }
        self._bytes_per_step = count * (8 * self._size + 4 * self._action_size + 15)
        self._check_bytes(1)
        self.made = {
            "observationSpace": describe_space(self._space),
            "actionSpace": describe_space(self._action_space),
            "observationSize": self._size,
            "actionSize": self._action_size,
            "renders": first.render_mode == "rgb_array",
        }
        fps = first.metadata.get("render_fps")
        if isinstance(fps, (int, float)) and 0 < fps < math.inf:
            self.made["renderFps"] = float(fps)

    def perform(self, message: Message) -> Answer:
        """Does what is asked for; raises what the environment raises, and InputError where the request doesn't fit."""
        body = message.body
        if message.type == "reset":
            return self._reset(body)
        if message.type == "resetAt":
            return self._reset_at(body)
        if message.type == "step":
            return self._step(message.arrays["actions"])
        if message.type == "render":
            return self._render(body)
        raise InputError(f"{self.id} can't save or restore its state: Gymnasium has no way to do so.")

    def close(self) -> None:
        """Closes all."""
        for env in self._envs:
            env.close()
        self._envs = []

    def _reset(self, body: dict[str, Any]) -> Answer:
        # The first reset without a seed takes seed 0, so that sub-environments differ from one another.
        seed = body.get("seed", None if self._started else 0)
        for name in ("rewards", "terminated", "truncated", "wasReset"):
            self._rows[name][:] = 0
        infos = [
            self._reset_row(i, None if seed is None else seed + i, body.get("options"))
            for i in range(len(self._envs))
        ]
        self._started = True
        return "state", self._infos_body(infos), dict(self._rows)

    def _reset_at(self, body: dict[str, Any]) -> Answer:
        index = self._check_index(body["index"])
        if not self._started:
            raise InputError(f"{self.id} must be reset before one of its sub-environments is.")
        for name in ("rewards", "terminated", "truncated"):
            self._rows[name][index] = 0
        info = self._reset_row(index, body.get("seed"), body.get("options"))
        return "state", self._infos_body([info]), {name: row[index : index + 1] for name, row in self._rows.items()}

    def _reset_row(self, i: int, seed: int | None, options: dict[str, Any] | None) -> dict[str, Any]:
        observation, info = self._envs[i].reset(seed=seed, options=options)
        self._rows["observations"][i] = gym.spaces.flatten(self._space, observation)
        self._ended[i] = False
        return info

    def _infos_body(self, infos: list[dict[str, Any]]) -> dict[str, Any]:
        return {"infos": [_plain(info, 0) for info in infos]} if self._infos else {}

    def _step(self, actions: Array) -> Answer:
        if not self._started:
            raise InputError(f"{self.id} must be reset before it is stepped.")
        count, size = len(self._envs), self._action_size
        if actions.shape[-2:] != (count, size):
            found = " x ".join(map(str, actions.shape[-2:]))
            raise InputError(f"The actions for {count} {self.id} are {found} numbers, expected {count} x {size}.")
        if not np.all(np.isfinite(actions)):
            raise InputError(f"The actions for {self.id} are not all finite.")
        if actions.ndim == 2:
            self._begin_infos(1)
            finals = self._step_all(actions)
            return "stepped", {}, self._checked({**self._rows, **self._final_arrays(finals), **self._info_arrays((count,))})
        if self._mode == "disabled" or len(actions) < 1:
            raise InputError(
                "Several steps in one request need at least one step and an autoreset mode that is not disabled."
            )
        self._check_bytes(len(actions))
        return self._step_often(actions)

    def _step_often(self, actions: Array) -> Answer:
        self._begin_infos(len(actions))
        steps: list[dict[str, Array]] = []
        finals: list[tuple[int, Array]] = []
        for step, rows in enumerate(actions):
            finals += [(step * len(rows) + i, last) for i, last in self._step_all(rows)]
            steps.append({name: row.copy() for name, row in self._rows.items()})
        stacked = {name: np.stack([step[name] for step in steps]) for name in self._rows}
        infos = self._info_arrays((len(actions), len(self._envs)))
        return "stepped", {}, self._checked({**stacked, **self._final_arrays(finals), **infos})

    def _begin_infos(self, steps: int) -> None:
        if self._step_infos:
            self._info_columns, self._last_columns = (InfoColumns(steps * len(self._envs)) for _ in range(2))
        self._told = self._ends = 0

    def _tell(self, info: dict[str, Any], last: dict[str, Any] | None = None) -> None:
        """Takes down the next row's info, and that of its step where a reset followed it."""
        if self._step_infos:
            self._info_columns.put(self._told, info)
            if last is not None:
                self._last_columns.put(self._ends, last)
        self._told += 1
        self._ends += last is not None

    def _info_arrays(self, leading: tuple[int, ...]) -> dict[str, Array]:
        if not self._step_infos:
            return {}
        finals = self._last_columns.arrays(FINALS, (self._ends,)) if self._ends else {}
        return {**self._info_columns.arrays(STEPS, leading), **finals}

    def _checked(self, arrays: dict[str, Array]) -> dict[str, Array]:
        """Raises ProtocolError ``limit`` when infos make an answer too large."""
        size = sum(array.nbytes for array in arrays.values())
        if self._step_infos and size > self._message_bytes - 65_536:
            raise self._too_large(f"A step with its infos is {size} bytes")
        return arrays

    def _step_all(self, actions: Array) -> list[tuple[int, Array]]:
        """Takes one step in each; returns the last observations of episodes that ended, in same-step mode."""
        finals: list[tuple[int, Array]] = []
        rows = self._rows
        if self._mode == "disabled" and self._ended.any():
            i = int(np.argmax(self._ended))
            raise InputError(f"The episode of sub-environment {i} of {self.id} has ended; reset it before its step.")
        rows["wasReset"][:] = 0
        for i, env in enumerate(self._envs):
            if self._ended[i]:
                rows["rewards"][i], rows["terminated"][i], rows["truncated"][i] = 0, 0, 0
                self._tell(self._reset_row(i, None, None))
                rows["wasReset"][i] = 1
                continue
            observation, reward, terminated, truncated, info = env.step(self._action(actions[i]))
            rows["observations"][i] = gym.spaces.flatten(self._space, observation)
            rows["rewards"][i], rows["terminated"][i], rows["truncated"][i] = reward, terminated, truncated
            self._ended[i] = terminated or truncated
            if self._ended[i] and self._mode == "same-step":
                finals.append((i, rows["observations"][i].copy()))
                self._tell(self._reset_row(i, None, None), info)
            else:
                self._tell(info)
        return finals

    def _action(self, row: NDArray[np.float32]) -> Any:
        space = self._action_space
        if isinstance(space, gym.spaces.Discrete):
            action = np.int64(row[0])
            if action != row[0] or not space.contains(action):
                raise InputError(f"The action {row[0]:g} is not one of {space}.")
            return action
        return row.astype(space.dtype).reshape(space.shape or ())

    def _final_arrays(self, finals: list[tuple[int, Array]]) -> dict[str, Array]:
        if not finals:
            return {}
        rows = np.array([row for row, _ in finals], np.int32)
        return {"finalRows": rows, "finalObservations": np.stack([last for _, last in finals])}

    def _render(self, body: dict[str, Any]) -> Answer:
        env = self._envs[self._check_index(body["index"])]
        if not self.made["renders"]:
            raise InputError(f"{self.id} draws no pictures as it was made: it needs render_mode rgb_array.")
        if len(body) > 1:
            raise InputError(f"{self.id} draws in its own size: leave width, height and camera out, or give them to make.")
        frame = np.ascontiguousarray(env.render(), dtype=np.uint8)
        if frame.ndim != 3 or frame.shape[2] != 3:
            raise InputError(f"{self.id} has no picture of three colours.")
        if frame.nbytes > self._message_bytes - 65_536:
            raise self._too_large(f"A picture is {frame.nbytes} bytes")
        return "frame", {}, {"pixels": frame}

    def _check_index(self, index: int) -> int:
        if index < len(self._envs):
            return index
        raise InputError(f"There is no sub-environment {index} of {self.id}; there are {len(self._envs)}.")

    def _check_bytes(self, steps: int) -> None:
        needed = steps * self._bytes_per_step
        if needed > self._message_bytes - 65_536:
            raise self._too_large(f"{steps} steps of {len(self._envs)} {self.id} take up to {needed} bytes")

    def _too_large(self, what: str) -> ProtocolError:
        return ProtocolError("limit", f"{what}, which exceeds the server's messages of {self._message_bytes} bytes.")


def _draws(id: str) -> bool:
    """Whether an environment says that it can draw pictures."""
    try:
        entry_point = gym.spec(id).entry_point
        creator = load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point
    except Exception:
        return False  # What is wrong shows when it is made.
    metadata = getattr(creator, "metadata", None) or {}
    return "rgb_array" in (metadata.get("render_modes") or ())


def _plain(value: Any, depth: int) -> Any:
    """What an environment tells, as data that can travel; what has no plain form is left out of maps."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) < 2**53 else float(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.bool_):
        return bool(value)
    if depth > 16:
        return None
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), depth)
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        items = {str(key)[:256]: _plain(item, depth + 1) for key, item in value.items()}
        return {key: item for key, item in items.items() if item is not None}
    return None
