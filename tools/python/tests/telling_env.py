"""An environment that tells a lot, registered as ``Telling-v0``: with an odd seed episodes have three steps, else two."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np


class TellingEnv(gym.Env[Any, Any]):
    metadata = {"render_modes": ["rgb_array"], "render_fps": 25}

    def __init__(self, render_mode: str | None = None) -> None:
        self.observation_space = gym.spaces.Box(-1, 9, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (2,), np.float32)
        self.render_mode = render_mode
        self.length, self.time, self.episodes = 2, 0, 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.length = 2 + seed % 2
        self.time = 0
        self.episodes += 1
        return np.zeros(1, np.float32), {"episodes": float(self.episodes), "begins": True}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.time += 1
        terminated = self.time == self.length
        info: dict[str, Any] = {
            "forward": float(action[0]) / 3,
            "time": np.float64(self.time),
            "odd": self.time % 2 == 1,
            "place": np.array([[self.time, -0.0]]),
            "parts": {"control": -float(self.time), "inner": {"deep": float("nan")}},
        }
        if self.time == 2:
            info["rare"] = float("inf")
        if terminated:
            info |= {"is_success": 1.0, "success": True}
        return np.array([self.time], np.float32), 1.0, terminated, False, info

    def render(self) -> Any:
        return np.full((2, 3, 3), self.time, np.uint8)


gym.register("Telling-v0", TellingEnv)
