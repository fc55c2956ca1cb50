"""How ZeroMQ finds out that a peer is gone."""

from __future__ import annotations

import zmq

#: Milliseconds between two heartbeats, and without one after which a connection is given up. A peer on this machine,
#: without keys, may answer them in the thread that computes, so it is given time; its end shows at once anyway.
_INTERVAL = 2_000
_PATIENCE = 8_000
_LOCAL_PATIENCE = 30_000


def heartbeat(has_keys: bool) -> dict[int, int]:
    """The options of a socket."""
    patience = _PATIENCE if has_keys else _LOCAL_PATIENCE
    return {zmq.HEARTBEAT_IVL: _INTERVAL, zmq.HEARTBEAT_TIMEOUT: patience, zmq.HEARTBEAT_TTL: patience}
