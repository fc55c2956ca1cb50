"""A ``gymnasium.Env`` whose environment lives on a server."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from .connection import Connection, unexpected
from .errors import InputError, ProtocolError
from .infos import read_info
from .keys import ClientKeys
from .rows import check_rows, flat_size, flatten_actions, unflatten_row
from .session import Session
from .wire import encode_message
from .wire.spaces import create_space


def make(
    id: str,
    address: str,
    *,
    keys: ClientKeys | None = None,
    render_mode: str | None = None,
    connect_seconds: float = 5.0,
    request_seconds: float = 60.0,
    step_infos: bool = True,
    **options: Any,
) -> RemoteEnv:
    """An environment on the server at ``address``.

    Args:
        id: For example ``HalfCheetah-v5``; ``list_environments`` tells what there is.
        address: ``tcp://HOST:PORT`` or ``ipc://PATH``.
        keys: Needed for servers beyond this machine; ``load_client_keys`` reads them.
        render_mode: ``rgb_array`` for pictures.
        connect_seconds: How long the server may take to greet.
        request_seconds: How long an answer may take, lost connections included.
        step_infos: Whether steps bring what their infos say in numbers, flags and arrays of numbers.
        options: Passed to ``make`` on the server: plain data.

    Raises:
        InputError: The server isn't there, does not offer the environment, or refuses its options.
    """
    connection = Connection(address, keys=keys, connect_seconds=connect_seconds)
    body = make_body(id, 1, "disabled", options, step_infos)
    return RemoteEnv(id, Session(connection, body, request_seconds=request_seconds), render_mode)


def make_body(id: str, count: int, autoreset_mode: str, options: dict[str, Any], step_infos: bool) -> dict[str, Any]:
    """What ``make`` asks for."""
    body = {"id": id, "count": count, "options": options, "autoresetMode": autoreset_mode, "infos": True}
    return {**body, "stepInfos": True} if step_infos else body


def list_environments(address: str, *, keys: ClientKeys | None = None, connect_seconds: float = 5.0) -> list[str]:
    """The ids that the server at ``address`` offers; raises InputError when it isn't there."""
    connection = Connection(address, keys=keys, connect_seconds=connect_seconds)
    try:
        answer = connection.ask(encode_message("list", request=0), 0, None, connect_seconds)
        if answer is None or answer.type != "environments":
            raise unexpected("silence" if answer is None else answer.type, "list")
        return [each["id"] for each in answer.body["environments"]]
    finally:
        connection.close()


class RemoteEnv(gym.Env[Any, Any]):
    """See ``make``.

    Observations travel as float32 and are given in the type of their space. Steps bring the numbers, flags and arrays of
    numbers of their infos; texts and objects only come with resets.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(self, id: str, session: Session, render_mode: str | None) -> None:
        self.id = id
        self._session = session
        try:
            made = session.made
            self.observation_space = create_space(made["observationSpace"])
            self.action_space = create_space(made["actionSpace"])
            self._size = made["observationSize"]
            if flat_size(self.observation_space) != self._size:
                raise ProtocolError("malformed", "The server's observations don't fit the space that it describes.")
            if render_mode not in (None, "rgb_array"):
                raise InputError(f"The render mode {render_mode!r} is not served; use 'rgb_array', or none.")
            if render_mode is not None and not made["renders"]:
                raise InputError(f"The server draws no pictures of {id}; leave render_mode out.")
        except BaseException:
            session.close()
            raise
        self.render_mode = render_mode
        if "renderFps" in made:
            self.metadata = {**self.metadata, "render_fps": made["renderFps"]}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins an episode."""
        if seed is not None and not (isinstance(seed, (int, np.integer)) and seed >= 0):
            raise InputError(f"A seed is a whole number from 0, got {seed!r}.")
        super().reset(seed=seed)
        body: dict[str, Any] = {} if seed is None else {"seed": int(seed)}
        if options is not None:
            body["options"] = options
        answer = self._session.request("reset", "state", body)
        check_rows(answer, 1, self._size)
        infos = answer.body.get("infos") or [{}]
        return unflatten_row(self.observation_space, answer.arrays["observations"][0]), infos[0]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Takes one step."""
        actions = flatten_actions(self.action_space, np.asarray(action)[np.newaxis], 1)
        answer = self._session.request("step", "stepped", arrays={"actions": actions})
        check_rows(answer, 1, self._size)
        arrays = answer.arrays
        observation = unflatten_row(self.observation_space, arrays["observations"][0])
        return (
            observation,
            float(arrays["rewards"][0]),
            bool(arrays["terminated"][0]),
            bool(arrays["truncated"][0]),
            read_info(arrays),
        )

    def render(self) -> Any:
        """The picture, ``[height, width, 3]`` uint8; None without a render mode."""
        if self.render_mode is None:
            return None
        return self._session.request("render", "frame", {"index": 0}).arrays["pixels"]

    def close(self) -> None:
        """Closes the environment on the server."""
        self._session.close()

    def __str__(self) -> str:
        return f"<RemoteEnv<{self.id}>>"
