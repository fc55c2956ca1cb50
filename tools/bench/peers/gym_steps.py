"""Gymnasium's environment steps a second with random actions, resets included: the peer of `understudy bench env`.

usage: gym_steps.py ENV_ID ENVS

One JSON line in, one out: {"seconds": S} steps for S seconds and answers {"stepsPerSecond": R}. The first line printed
names the peer. ENVS 1 steps `gymnasium.make(ENV_ID)`; more, a SyncVectorEnv.
"""

import json
import sys
import time

import gymnasium
import mujoco

env_id, count = sys.argv[1], int(sys.argv[2])
if count == 1:
    env = gymnasium.make(env_id)
else:
    env = gymnasium.vector.SyncVectorEnv([lambda: gymnasium.make(env_id)] * count)
env.reset(seed=0)
env.action_space.seed(0)
actions = [env.action_space.sample() for _ in range(256)]


def measure(seconds: float) -> float:
    steps, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if count == 1 and (terminated or truncated):
                env.reset()
        steps += len(actions) * count
    return steps / elapsed


print(json.dumps({"peer": f"gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}"}), flush=True)
for line in sys.stdin:
    print(json.dumps({"stepsPerSecond": measure(json.loads(line)["seconds"])}), flush=True)
