"""Answers libzmq's questions who may connect (ZAP, RFC 27), from an allow-list of CURVE keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
from zmq.utils import z85

from ..keys import allowed_keys

DOMAIN = b"understudy"
_ENDPOINT = "inproc://zeromq.zap.01"
_MAX_LINES = 100


class ZapHandler:
    """The handler of one context; it must be there before the first server is bound.

    The allow-list is read at every question, so that a change needs no restart.
    """

    def __init__(self, context: Any, allow_list: Path, log: Callable[[str], None]) -> None:
        self.socket = context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind(_ENDPOINT)
        self._allow_list = allow_list
        self._log = log
        self._told = 0

    def answer_all(self) -> None:
        """Answers what has been asked."""
        while self.socket.poll(0):
            peer, delimiter, *frames = self.socket.recv_multipart()
            reply = self._answer(frames) if delimiter == b"" else None
            if reply:
                self.socket.send_multipart([peer, b"", *reply])

    def _answer(self, frames: list[bytes]) -> list[bytes] | None:
        if len(frames) < 6 or any(len(frame) > 255 for frame in frames):
            self._refuse("a malformed ZAP request")
            return None
        version, request, domain, address, _, mechanism = frames[:6]
        credentials = frames[6:]
        if version != b"1.0" or (mechanism == b"CURVE" and [len(each) for each in credentials] != [32]):
            self._refuse("a malformed ZAP request")
            return [b"1.0", request, b"500", b"Malformed request", b"", b""]
        name = None
        if domain == DOMAIN and mechanism == b"CURVE":
            name = allowed_keys(self._allow_list).get(z85.encode(credentials[0]))
        if name is not None:
            return [b"1.0", request, b"200", b"OK", name.encode(), b""]
        self._refuse(f"a peer from {address.decode('ascii', 'replace')}: its key is not on the allow-list")
        return [b"1.0", request, b"400", b"Not allowed", b"", b""]

    def _refuse(self, what: str) -> None:
        """A flood fills no log."""
        self._told += 1
        if self._told <= _MAX_LINES:
            self._log(f"Refused {what}.")

    def close(self) -> None:
        """Nobody is let in any more."""
        self.socket.close()
