"""A session on a server: every request is done exactly once, however often the connection breaks."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

from .connection import UNNUMBERED, Connection, unexpected
from .errors import InputError, ProtocolError, ServerTimeoutError
from .wire import Message, encode_message
from .wire.arrays import Array

#: Codes of requests that were not done: the connection is another than the one that greeted, or something was mangled on
#: its way. Attaching tells whether the session is still there.
_UNHEARD = ("unknown-session", "sequence", "malformed", "unknown-type")
#: So often in a row a request is repeated for such a reason.
_MAX_UNHEARD = 8
#: Pause before a server that does not answer is tried again.
_PAUSE_SECONDS = 0.1


class Session:
    """Environments on a server, as one client's.

    Args:
        make: The body of the ``make`` message.
        request_seconds: How long an answer may take, lost connections included.
        retry_seconds: After so long without an answer the client connects anew and asks again.
    """

    def __init__(
        self,
        connection: Connection,
        make: dict[str, Any],
        *,
        request_seconds: float = 60.0,
        retry_seconds: float = 5.0,
    ) -> None:
        self._connection = connection
        self._request_seconds = request_seconds
        self._retry_seconds = retry_seconds
        # 128 random bits: who knows them may use the session.
        self._id = secrets.token_hex(16)
        self._last_request = 0
        self._closed = False
        self._lock = threading.Lock()
        try:
            self.made = self.request("make", "made", make).body
        except BaseException:
            connection.close()
            raise
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="understudy-heartbeat", daemon=True)
        self._heart.start()

    def request(
        self,
        type: str,
        expected: str,
        body: dict[str, Any] | None = None,
        arrays: dict[str, Array] | None = None,
    ) -> Message:
        """Asks until there is an answer, over as many connections as it takes.

        Raises:
            InputError, ProtocolError: What the server refused.
            ServerTimeoutError: It did not answer in time.
        """
        with self._lock:
            if self._closed:
                raise InputError("The environment is closed; make a new one.")
            answer = self._ask(type, body, arrays)
        if answer.type != expected:
            raise unexpected(answer.type, type)
        return answer

    def _ask(self, type: str, body: dict[str, Any] | None, arrays: dict[str, Array] | None) -> Message:
        until = time.monotonic() + self._request_seconds
        number = self._last_request + 1
        frames = encode_message(type, body, arrays, request=number, session=self._id)
        unheard = 0
        while True:
            seconds = max(0.0, min(self._retry_seconds, until - time.monotonic()))
            try:
                answer = self._connection.ask(frames, number, self._id, seconds)
            except ProtocolError as error:
                unheard += 1
                if error.code in _UNHEARD and unheard < _MAX_UNHEARD:
                    self._renew(number, until)
                    continue
                if error.code not in ("draining", *_UNHEARD):
                    self._last_request = number  # Done by failing.
                raise
            except InputError:
                self._last_request = number
                raise
            if answer is not None:
                self._last_request = number
                return answer
            self._renew(number, until)

    def _renew(self, number: int, until: float) -> None:
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise ServerTimeoutError(
                    f"The server at {self._connection.address} did not answer within {self._request_seconds:g} s; "
                    f"{self._connection.why_silent()}."
                )
            seconds = min(left, self._retry_seconds)
            try:
                if self._connection.renew(seconds) and self._attach(number, seconds):
                    return
            except ProtocolError as error:
                if error.code not in ("malformed", "unknown-type"):
                    raise
            time.sleep(_PAUSE_SECONDS)

    def _attach(self, number: int, seconds: float) -> bool:
        frames = encode_message("attach", request=UNNUMBERED, session=self._id)
        try:
            answer = self._connection.ask(frames, UNNUMBERED, self._id, seconds)
        except ProtocolError as error:
            if error.code == "unknown-session" and number == 1:
                return True  # Not made yet, so there is nothing to find.
            raise
        if answer is None:
            return False
        if answer.type != "attached":
            raise unexpected(answer.type, "attach")
        last = answer.body["lastRequest"]
        if last not in (number, number - 1):
            raise ProtocolError("sequence", f"The server stands at request {last}, this client at {number}.")
        return True

    def _beat(self) -> None:
        """Keeps the lease while the caller thinks."""
        seconds = self._connection.welcome["heartbeatSeconds"]
        while not self._ended.wait(seconds):
            if not self._lock.acquire(blocking=False):
                continue  # A request is under way, which is a sign of life.
            try:
                if self._closed:
                    return
                self._connection.send(encode_message("ping", request=UNNUMBERED, session=self._id))
                if not self._connection.drain():
                    # libzmq connected anew by itself, and the server does not know the new connection.
                    self._renew(self._last_request + 1, time.monotonic() + self._retry_seconds)
            except Exception:
                continue  # The next request tells of it.
            finally:
                self._lock.release()

    def close(self) -> None:
        """Closes the environments on the server, if it can be reached soon, and the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._ended.set()
            number = self._last_request + 1
            frames = encode_message("close", request=number, session=self._id)
            try:
                self._connection.ask(frames, number, self._id, min(self._retry_seconds, self._request_seconds))
            except (ProtocolError, InputError):
                pass  # It is gone already.
            finally:
                self._connection.close()
