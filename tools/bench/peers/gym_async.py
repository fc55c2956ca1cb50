"""Environment steps a second of Gymnasium's AsyncVectorEnv with random actions: the peer of `understudy bench serve`.

usage: gym_async.py ENV_ID ENVS

One JSON line in, one out: {"seconds": S} steps for S seconds and answers {"stepsPerSecond": R}. The first line printed
names the peer, and says in "absent" why there is nothing to step when Gymnasium has no such environment.
"""

import itertools
import json
import sys
import time

import gymnasium


def main() -> None:
    env_id, count = sys.argv[1], int(sys.argv[2])
    name = f"gymnasium {gymnasium.__version__} AsyncVectorEnv"
    try:
        gymnasium.spec(env_id)
    except gymnasium.error.Error:
        print(json.dumps({"peer": name, "absent": f"Gymnasium has no {env_id}"}), flush=True)
        return
    env = gymnasium.vector.AsyncVectorEnv([lambda: gymnasium.make(env_id)] * count)
    env.reset(seed=0)
    env.action_space.seed(0)
    actions = itertools.cycle([env.action_space.sample() for _ in range(256)])
    print(json.dumps({"peer": name}), flush=True)
    for line in sys.stdin:
        seconds, steps, start = json.loads(line)["seconds"], 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            for action in itertools.islice(actions, 4):
                env.step(action)
            steps += 4 * count
        print(json.dumps({"stepsPerSecond": steps / elapsed}), flush=True)
    env.close()


if __name__ == "__main__":
    main()
