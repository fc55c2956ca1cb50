"""Gymnasium's environment steps a second with random actions, resets included: the peer of `understudy bench env`.

usage: gym_steps.py ENV_ID ENVS

One JSON line in, one out: {"seconds": S} steps for S seconds and answers {"stepsPerSecond": R}. The first line printed
names the peer, and says in "absent" why there is nothing to step when Gymnasium has no such environment. ENVS 1 steps
`gymnasium.make(ENV_ID)`; more, a SyncVectorEnv. Gymnasium-Robotics' environments count where it is installed.
"""

import itertools
import json
import sys
import time

import gymnasium
import mujoco

try:
    import gymnasium_robotics

    gymnasium.register_envs(gymnasium_robotics)
except ModuleNotFoundError:
    pass

env_id, count = sys.argv[1], int(sys.argv[2])
name = f"gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}"
try:
    gymnasium.spec(env_id)
except gymnasium.error.Error:
    print(json.dumps({"peer": name, "absent": f"Gymnasium has no {env_id}"}), flush=True)
    sys.exit()
if count == 1:
    env = gymnasium.make(env_id)
else:
    env = gymnasium.vector.SyncVectorEnv([lambda: gymnasium.make(env_id)] * count)
env.reset(seed=0)
env.action_space.seed(0)
actions = itertools.cycle([env.action_space.sample() for _ in range(256)])
# Calls between two looks at the clock.
batch = min(256, -(-1024 // count))


def measure(seconds: float) -> float:
    steps, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for action in itertools.islice(actions, batch):
            _, _, terminated, truncated, _ = env.step(action)
            if count == 1 and (terminated or truncated):
                env.reset()
        steps += batch * count
    return steps / elapsed


print(json.dumps({"peer": name}), flush=True)
for line in sys.stdin:
    print(json.dumps({"stepsPerSecond": measure(json.loads(line)["seconds"])}), flush=True)
