"""Answers libzmq's questions who may connect (ZAP, RFC 27), from an allow-list of CURVE keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

from ..keys import allowed_keys

DOMAIN = b"understudy"
_ENDPOINT = "inproc://zeromq.zap.01"
#: Lines at most in so many seconds, the same one once.
_MAX_LINES = 20
_SECONDS = 10.0
#: How often the allow-list is looked at for keys that have been revoked, in seconds.
_LOOK_SECONDS = 0.5


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
        self._told: dict[str, float] = {}
        self._let_in: set[bytes] = set()
        self._looked = 0.0
        self._watched: Any = None
        self.monitor: Any = None

    def answer_all(self) -> None:
        """Answers what has been asked."""
        while self.socket.poll(0):
            peer, delimiter, *frames = self.socket.recv_multipart()
            reply = self._answer(frames) if delimiter == b"" else None
            if reply:
                self.socket.send_multipart([peer, b"", *reply])

    def _answer(self, frames: list[bytes]) -> list[bytes] | None:
        if len(frames) < 6 or any(len(frame) > 255 for frame in frames):
            self.refuse("a malformed ZAP request")
            return None
        version, request, domain, address, _, mechanism = frames[:6]
        credentials = frames[6:]
        if version != b"1.0" or (mechanism == b"CURVE" and [len(each) for each in credentials] != [32]):
            self.refuse("a malformed ZAP request")
            return [b"1.0", request, b"500", b"Malformed request", b"", b""]
        name = None
        if domain == DOMAIN and mechanism == b"CURVE":
            key = z85.encode(credentials[0])
            name = allowed_keys(self._allow_list).get(key)
        if name is not None:
            self._let_in.add(key)
            return [b"1.0", request, b"200", b"OK", name.encode(), b""]
        self.refuse(f"a peer from {address.decode('ascii', 'replace')}: its key is not on the allow-list")
        return [b"1.0", request, b"400", b"Not allowed", b"", b""]

    def find_revoked(self) -> bool:
        """Whether a key that was let in has been taken from the list since the last look."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS or not self._let_in:
            return False
        self._looked = now
        revoked = self._let_in - allowed_keys(self._allow_list).keys()
        self._let_in -= revoked
        return bool(revoked)

    def refuse(self, what: str) -> None:
        """A flood fills no log, and who knocks again and again hides no other."""
        now = time.monotonic()
        self._told = {line: at for line, at in self._told.items() if now - at < _SECONDS}
        if what not in self._told and len(self._told) < _MAX_LINES:
            self._told[what] = now
            self._log(f"Refused {what}.")

    def watch(self, server: Any) -> None:
        """Tells, by ``note_failures``, of those who fail before any key is shown; called before the server is bound."""
        failures = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        self._watched, self.monitor = server, server.get_monitor_socket(failures)

    def note_failures(self) -> None:
        """Notes the handshakes that have failed."""
        while self.monitor.poll(0):
            event = recv_monitor_message(self.monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
                self.refuse("a peer: it has no key, or that of another server")
            else:
                self.refuse("a peer: it left, or said too little, before its handshake was done")

    def unwatch(self) -> None:
        """Undoes ``watch``; called before the server is closed."""
        if self.monitor is not None:
            self._watched.disable_monitor()
            self.monitor.close(0)
            self.monitor = None

    def close(self) -> None:
        """Nobody is let in any more."""
        self.unwatch()
        self.socket.close()
