"""h5py and NumPy on D4RL files: the peer of `understudy bench dataset`.

One JSON line in, one out. The first line printed names the peer. Seconds are those of the processor.

  {"do": "write", "path": P, "rows": N}   a gzip file as D4RL's scripts write them, h5py choosing the chunks
  {"do": "read", "path": P}               all of a file into memory: {"seconds"}
  {"do": "gather", "path": P, "batches"}  batches of 256 rows by fancy indexing: {"perSecond"} transitions
  {"do": "loop", "path": P}               episodes by a loop over the rows, as in D4RL's sequence_dataset: {"seconds"}
  {"do": "compare", "path": P, "columns"} whether every column has the SHA-256 that is given: {"equal"}, {"columns"}
"""

import hashlib
import json
import sys
import time

import h5py
import numpy as np

FIELDS = ["observations", "actions", "rewards", "terminals", "timeouts", "next_observations"]


def write(path, rows):
    rng = np.random.default_rng(0)
    observations = np.cumsum(rng.normal(scale=0.01, size=(rows, 17)), axis=0).astype(np.float32)
    timeouts = np.zeros(rows, dtype=bool)
    timeouts[999::1000] = True
    columns = {
        "observations": observations,
        "next_observations": np.roll(observations, -1, axis=0),
        "actions": rng.uniform(-1, 1, size=(rows, 6)).astype(np.float32),
        "rewards": rng.normal(size=rows).astype(np.float32),
        "terminals": np.zeros(rows, dtype=bool),
        "timeouts": timeouts,
        "infos/qpos": rng.normal(size=(rows, 9)).astype(np.float32),
        "infos/qvel": rng.normal(size=(rows, 9)).astype(np.float32),
        "infos/action_log_probs": rng.normal(size=rows).astype(np.float32),
    }
    with h5py.File(path, "w") as file:
        for name, column in columns.items():
            file.create_dataset(name, data=column, compression="gzip")
        file["metadata/algorithm"] = np.bytes_("SAC")


def read(path):
    columns = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            columns[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return columns


def gather(path, batches):
    columns = read(path)
    data = [columns[name] for name in FIELDS if name in columns]
    rows = len(columns["rewards"]) - 1
    rng = np.random.default_rng(0)
    start = time.process_time()
    for _ in range(batches):
        chosen = rng.integers(0, rows, 256)
        batch = [column[chosen] for column in data]
    assert len(batch[0]) == 256
    return 256 * batches / (time.process_time() - start)


def loop(path):
    columns = {name: column for name, column in read(path).items() if name in FIELDS}
    start = time.process_time()
    episodes = []
    gathered = {name: [] for name in columns}
    for row in range(len(columns["rewards"])):
        for name, column in columns.items():
            gathered[name].append(column[row])
        if bool(columns["terminals"][row]) or bool(columns["timeouts"][row]):
            episodes.append({name: np.array(values) for name, values in gathered.items()})
            gathered = {name: [] for name in columns}
    return time.process_time() - start


def compare(path, expected):
    columns = read(path)
    digests = {
        name: hashlib.sha256(np.ascontiguousarray(columns[name]).tobytes()).hexdigest()
        for name in expected
        if name in columns
    }
    return sum(digests.get(name) == digest for name, digest in expected.items())


def timed(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def answer(request):
    path = request["path"]
    if request["do"] == "write":
        write(path, request["rows"])
        return {}
    if request["do"] == "read":
        return {"seconds": timed(lambda: read(path))}
    if request["do"] == "gather":
        return {"perSecond": gather(path, request["batches"])}
    if request["do"] == "loop":
        return {"seconds": loop(path)}
    return {"equal": compare(path, request["columns"]), "columns": len(request["columns"])}


print(json.dumps({"peer": f"h5py {h5py.__version__}, NumPy {np.__version__}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
