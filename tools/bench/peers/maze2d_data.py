"""Rows of D4RL's maze2d data a second, made as D4RL's script makes them: the peer of `scripts/maze2d-data.js`.

usage: maze2d_data.py MODEL.xml MAZE MAX_EPISODE_STEPS

MAZE has its rows separated by backslashes. One JSON line in, one out: {"rows": N, "seed": S} makes N rows and answers
{"rowsPerSecond": R, "meanLength": L}. Everything is kept in lists and turned into arrays at the end; nothing is written
to a file.

What D4RL does at every step is done: the velocity is clipped and the state set, MuJoCo steps through the Python
bindings, the markers are moved, and the controller works on small arrays. Its planner, which builds matrices of all
states and actions for each new target, is replaced by a breadth-first search, to the peer's advantage.
"""

import collections
import json
import sys
import time

import mujoco
import numpy as np

model = mujoco.MjModel.from_xml_path(sys.argv[1])
data = mujoco.MjData(model)
maze = sys.argv[2].split("\\")
max_steps = int(sys.argv[3])
free = [(r, c) for r, row in enumerate(maze) for c, cell in enumerate(row) if cell in "OG"]
open_cells = set(free)
target_site = model.site("target_site").id
moves = ((0, -1), (0, 1), (-1, 0), (1, 0))


def path(start, goal):
    """Cells from the one after `start` to `goal`."""
    steps = {goal: 0}
    queue = collections.deque([goal])
    while queue:
        at = queue.popleft()
        for dr, dc in moves:
            cell = (at[0] + dr, at[1] + dc)
            if cell in open_cells and cell not in steps:
                steps[cell] = steps[at] + 1
                queue.append(cell)
    cells, at = [], start
    while at != goal:
        at = next(
            (at[0] + dr, at[1] + dc)
            for dr, dc in moves
            if steps.get((at[0] + dr, at[1] + dc), -1) == steps[at] - 1
        )
        cells.append(at)
    return cells or [goal]


class Controller:
    def __init__(self, rng):
        self.rng = rng
        self.goal = None

    def plan(self, location, goal):
        cell = tuple(int(v) for v in np.round(location + 0.2))
        self.waypoints = [
            np.array(c, float) if c == goal else np.array(c, float) - self.rng.uniform(size=2) * 0.2
            for c in path(cell, goal)
        ]
        self.index, self.goal = 0, goal
        self.target = np.array(goal, float)
        self.last = np.array(cell, float)

    def act(self, location, velocity, target):
        goal = (int(round(target[0])), int(round(target[1])))
        if goal != self.goal:
            self.plan(location, goal)
        moved = np.linalg.norm(self.last - location)
        solved = np.linalg.norm(location - self.target) < 0.1 and moved < 0.1
        waypoint = self.target if solved else self.waypoints[self.index]
        action = 10.0 * (waypoint - location) - velocity
        near = np.linalg.norm(location - waypoint) < 0.1
        if not solved and near and moved < 0.1 and self.index < len(self.waypoints) - 1:
            self.index += 1
        self.last = location
        return np.clip(action, -1.0, 1.0), solved


def observe():
    return np.concatenate([data.qpos, data.qvel]).ravel()


def step(action, target):
    action = np.clip(action, -1.0, 1.0)
    data.qvel[:] = np.clip(data.qvel, -5.0, 5.0)
    mujoco.mj_forward(model, data)
    data.ctrl[:] = action
    mujoco.mj_step(model, data)
    data.site_xpos[target_site] = np.array([target[0] + 1, target[1] + 1, 0.0])
    observation = observe()
    return observation, float(np.linalg.norm(observation[:2] - target) <= 0.5)


def make(count, seed):
    rng = np.random.default_rng(seed)
    place = lambda: np.array(free[rng.integers(len(free))]) + rng.uniform(-0.1, 0.1, size=2)
    mujoco.mj_resetData(model, data)
    data.qpos[:] = place()
    data.qvel[:] = rng.normal(size=2) * 0.1
    mujoco.mj_forward(model, data)
    target, controller = place(), Controller(rng)
    columns = collections.defaultdict(list)
    state, steps, episodes = observe(), 0, 0
    for _ in range(count):
        action, done = controller.act(state[:2], state[2:], target)
        action = np.clip(action + rng.standard_normal(2) * 0.5, -1.0, 1.0)
        done = done or steps >= max_steps
        columns["observations"].append(state)
        columns["actions"].append(action)
        columns["rewards"].append(0.0)
        columns["terminals"].append(done)
        columns["infos/goal"].append(target)
        columns["infos/qpos"].append(data.qpos.ravel().copy())
        columns["infos/qvel"].append(data.qvel.ravel().copy())
        following, _ = step(action, target)
        steps += 1
        if done:
            target, steps, episodes = place(), 0, episodes + 1
        else:
            state = following
    for name, rows in columns.items():
        columns[name] = np.array(rows, bool if name == "terminals" else np.float32)
    return columns, episodes


print(json.dumps({"peer": f"mujoco {mujoco.__version__}, numpy {np.__version__}"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    start = time.perf_counter()
    _, episodes = make(request["rows"], request["seed"])
    elapsed = time.perf_counter() - start
    answer = {"rowsPerSecond": request["rows"] / elapsed, "meanLength": request["rows"] / max(1, episodes)}
    print(json.dumps(answer), flush=True)
