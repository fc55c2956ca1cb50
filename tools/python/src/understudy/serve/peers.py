"""Who has greeted, and how much each may send: bounded in memory however many come and go."""

from __future__ import annotations

from collections import OrderedDict

_STRIKES = 32
_MAX_PEERS = 4096
_STRANGERS_PER_SECOND = 500.0


class Peers:
    """Peers by their connections."""

    def __init__(self) -> None:
        self._greeted: OrderedDict[bytes, int] = OrderedDict()
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        self._tokens = _STRANGERS_PER_SECOND
        self._at = 0.0

    def greeted(self) -> list[bytes]:
        """Those who said hello."""
        return list(self._greeted)

    def has_greeted(self, peer: bytes) -> bool:
        """Whether a peer said hello."""
        return peer in self._greeted

    def admits(self, peer: bytes, now: float) -> bool:
        """Whether a message of this peer is to be read at all."""
        if peer in self._greeted:
            self._greeted.move_to_end(peer)
            return self._greeted[peer] < _STRIKES
        self._tokens = min(_STRANGERS_PER_SECOND, self._tokens + (now - self._at) * _STRANGERS_PER_SECOND)
        self._at = now
        if peer in self._refused or self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def greet(self, peer: bytes) -> None:
        """Notes a peer; the one silent longest is forgotten when there are too many."""
        self._refused.pop(peer, None)
        self._greeted.setdefault(peer, 0)
        if len(self._greeted) > _MAX_PEERS:
            self._greeted.popitem(last=False)

    def forget(self, peer: bytes) -> None:
        """Forgets a peer that said farewell."""
        self._greeted.pop(peer, None)

    def strike(self, peer: bytes) -> None:
        """Notes a broken message: a peer that never greeted is heard no more, another after several."""
        if peer in self._greeted:
            self._greeted[peer] += 1
            return
        self._refused[peer] = None
        if len(self._refused) > _MAX_PEERS:
            self._refused.popitem(last=False)
