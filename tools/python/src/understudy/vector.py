"""A ``gymnasium.vector.VectorEnv`` whose sub-environments live on a server."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array
from numpy.typing import NDArray

from .connection import Connection
from .env import make_body
from .errors import InputError, ProtocolError
from .infos import FINALS, STEPS, read_infos
from .keys import ClientKeys
from .rows import check_rows, flat_size, flatten_actions, unflatten_row
from .session import Session
from .wire import Message
from .wire.spaces import create_space

_modes = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}

Rows = NDArray[Any]


def make_vec(
    id: str,
    address: str,
    *,
    num_envs: int = 1,
    autoreset_mode: AutoresetMode = AutoresetMode.NEXT_STEP,
    keys: ClientKeys | None = None,
    connect_seconds: float = 5.0,
    request_seconds: float = 60.0,
    step_infos: bool = False,
    **options: Any,
) -> RemoteVectorEnv:
    """``num_envs`` copies of an environment that step together on the server at ``address``; arguments as in ``make``.

    With ``step_infos`` steps bring their infos in Gymnasium's form, arrays with masks, which makes them slower.
    """
    if not (isinstance(num_envs, int) and num_envs >= 1):
        raise InputError(f"num_envs is a whole number from 1, got {num_envs!r}.")
    connection = Connection(address, keys=keys, connect_seconds=connect_seconds)
    mode = AutoresetMode(autoreset_mode)
    body = make_body(id, num_envs, _modes[mode], options, step_infos)
    session = Session(connection, body, request_seconds=request_seconds)
    return RemoteVectorEnv(id, session, num_envs, mode)


class RemoteVectorEnv(VectorEnv[Any, Any, Any]):
    """See ``make_vec``. Every step is one message, whatever the number of sub-environments."""

    def __init__(self, id: str, session: Session, num_envs: int, autoreset_mode: AutoresetMode) -> None:
        self.id = id
        self._session = session
        self.num_envs = num_envs
        self._mode = autoreset_mode
        self.metadata = {"autoreset_mode": autoreset_mode, "render_modes": []}
        try:
            self.single_observation_space = create_space(session.made["observationSpace"])
            self.single_action_space = create_space(session.made["actionSpace"])
            self._size = session.made["observationSize"]
            if flat_size(self.single_observation_space) != self._size:
                raise ProtocolError("malformed", "The server's observations don't fit the space that it describes.")
        except BaseException:
            session.close()
            raise
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._observations = create_empty_array(self.single_observation_space, num_envs)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Resets all, or those of ``options["reset_mask"]``; with a seed, sub-environment i gets ``seed + i``."""
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        if mask is None and (seed is None or isinstance(seed, int)):
            body: dict[str, Any] = {} if seed is None else {"seed": seed}
            if options:
                body["options"] = options
            answer = self._session.request("reset", "state", body)
            check_rows(answer, self.num_envs, self._size)
            infos: dict[str, Any] = {}
            for i, info in enumerate(answer.body.get("infos") or []):
                infos = self._add_info(infos, info, i)
            return self._unflatten(answer.arrays["observations"]), infos
        return self._reset_some(seed, options, mask)

    def _reset_some(
        self, seed: int | list[int | None] | None, options: dict[str, Any], mask: Any
    ) -> tuple[Any, dict[str, Any]]:
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed or [None] * self.num_envs
        chosen = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask)
        if len(seeds) != self.num_envs or chosen.shape != (self.num_envs,) or chosen.dtype != np.bool_:
            raise InputError(f"Seeds and reset_mask need {self.num_envs} entries each, the mask of booleans.")
        if not hasattr(self, "_rows"):
            # The first reset is one of all, of which only the chosen ones are then reset by their own seeds.
            answer = self._session.request("reset", "state", {})
            check_rows(answer, self.num_envs, self._size)
            self._rows = answer.arrays["observations"].copy()
        infos: dict[str, Any] = {}
        for i in np.flatnonzero(chosen).tolist():
            body: dict[str, Any] = {"index": i}
            if seeds[i] is not None:
                body["seed"] = seeds[i]
            if options:
                body["options"] = options
            answer = self._session.request("resetAt", "state", body)
            check_rows(answer, 1, self._size)
            self._rows[i] = answer.arrays["observations"][0]
            for info in answer.body.get("infos") or []:
                infos = self._add_info(infos, info, i)
        return self._unflatten(self._rows), infos

    def step(self, actions: Any) -> tuple[Any, Rows, Rows, Rows, dict[str, Any]]:
        """Takes one step in every sub-environment."""
        if isinstance(self.single_action_space, gym.spaces.Discrete):
            actions = np.asarray(actions)
        flat = flatten_actions(self.single_action_space, actions, self.num_envs)
        answer = self._session.request("step", "stepped", arrays={"actions": flat})
        check_rows(answer, self.num_envs, self._size)
        arrays = answer.arrays
        return (
            self._unflatten(arrays["observations"]),
            arrays["rewards"].astype(np.float64),
            arrays["terminated"].astype(np.bool_),
            arrays["truncated"].astype(np.bool_),
            {**read_infos(arrays, STEPS, None, self.num_envs), **self._final_infos(answer)},
        )

    def _final_infos(self, answer: Message) -> dict[str, Any]:
        """In same-step mode, how the episodes that ended ended: Gymnasium's ``final_obs`` and ``final_info``."""
        rows, finals = answer.arrays.get("finalRows"), answer.arrays.get("finalObservations")
        infos: dict[str, Any] = {}
        if rows is None or finals is None:
            return infos
        if finals.shape != (len(rows), self._size) or np.any((rows < 0) | (rows >= self.num_envs)):
            raise ProtocolError("malformed", "An answer of the server has last observations of no sub-environment.")
        for i, row in zip(rows.tolist(), finals, strict=True):
            infos = self._add_info(infos, {"final_obs": unflatten_row(self.single_observation_space, row)}, i)
        infos["final_info"] = read_infos(answer.arrays, FINALS, rows.astype(np.int64), self.num_envs)
        infos["_final_info"] = infos["_final_obs"].copy()
        return infos

    def _unflatten(self, rows: Rows) -> Any:
        self._rows = rows.copy()
        space = self.single_observation_space
        if isinstance(space, gym.spaces.Box):
            return rows.astype(space.dtype).reshape((self.num_envs, *space.shape))
        parts = [unflatten_row(space, row) for row in rows]
        return concatenate(space, parts, create_empty_array(space, self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the sub-environments on the server."""
        self._session.close()
