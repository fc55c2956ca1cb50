"""One connection to a server of environments."""

from __future__ import annotations

import time
from typing import Any

import zmq

from .errors import InputError, ProtocolError, error_from_body
from .heartbeat import heartbeat
from .keys import ClientKeys, check_reach
from .silence import why_silent
from .version import SOFTWARE
from .wire import DEFAULT_LIMITS, SUPPORTED_VERSIONS, Message, MessageLimits, decode_message, encode_message

_ANSWERS = frozenset(
    (
        "welcome",
        "error",
        "pong",
        "bye",
        "environments",
        "made",
        "attached",
        "state",
        "stepped",
        "saved",
        "frame",
        "closed",
    )
)
#: The number of requests that belong to no session, or are not counted in one.
UNNUMBERED = 0


class Connection:
    """One connection to a server of environments: a greeting, then one question at a time."""

    def __init__(
        self,
        address: str,
        *,
        keys: ClientKeys | None = None,
        connect_seconds: float = 5.0,
        limits: MessageLimits = DEFAULT_LIMITS,
    ) -> None:
        check_reach(address, keys)
        self.address = address
        self._keys = keys
        self._limits = limits
        self._context: Any = zmq.Context.instance()
        self._socket = self._open()
        self.welcome: dict[str, Any] = {}
        try:
            greeted = self.greet(connect_seconds)
        except BaseException:
            self.close()
            raise
        if not greeted:
            self.close()
            raise InputError(f"No server answered at {address} within {connect_seconds:g} s; {self.why_silent()}.")

    def _open(self) -> Any:
        socket = self._context.socket(zmq.DEALER)
        options = {
            zmq.LINGER: 0,
            zmq.SNDTIMEO: 0,
            zmq.SNDHWM: 64,
            zmq.RCVHWM: 64,
            zmq.MAXMSGSIZE: self._limits.message_bytes,
            zmq.HANDSHAKE_IVL: 10_000,
            **heartbeat(has_keys=self._keys is not None),
            zmq.RECONNECT_IVL: 50,
            zmq.RECONNECT_IVL_MAX: 1_000,
            zmq.TCP_KEEPALIVE: 1,
            zmq.IPV6: int("[" in self.address),
        }
        for option, value in options.items():
            socket.setsockopt(option, value)
        if self._keys:
            socket.curve_serverkey = self._keys.server_key
            socket.curve_publickey = self._keys.public_key
            socket.curve_secretkey = self._keys.secret_key
        try:
            socket.connect(self.address)
        except zmq.ZMQError as error:
            socket.close()
            raise InputError(f"The address {self.address!r} can't be connected to: {error}.") from None
        return socket

    def greet(self, seconds: float) -> bool:
        """Greets the server; false when it does not answer in time."""
        body = {"versions": list(SUPPORTED_VERSIONS), "service": "environments", "software": SOFTWARE}
        answer = self.ask(encode_message("hello", body, request=UNNUMBERED), UNNUMBERED, None, seconds)
        if answer is None:
            return False
        if answer.type != "welcome":
            raise unexpected(answer.type, "hello")
        self.welcome = answer.body
        return True

    def why_silent(self) -> str:
        """Why the server does not answer, as far as another connection tells: the end of a sentence."""
        return why_silent(self.address, self._keys, "understudy serve")

    def renew(self, seconds: float) -> bool:
        """Connects anew."""
        self._socket.close()
        self._socket = self._open()
        return self.greet(seconds)

    def ask(self, frames: list[bytes], request: int, session: str | None, seconds: float) -> Message | None:
        """Sends, and waits for the answer to this request.

        Returns:
            None when there was none in time.

        Raises:
            InputError, ProtocolError: What the server refused.
        """
        if not self.send(frames):
            return None
        until = time.monotonic() + seconds
        while True:
            message = self._receive(until - time.monotonic())
            if message is None:
                return None
            if message.type == "bye":
                reason = message.body["reason"]
                raise ProtocolError("draining", f"The server at {self.address} went away: {reason}")
            ours = message.request == request and message.session == session
            if (not ours or message.type == "pong") and (message.type != "error" or message.request is not None):
                continue  # An answer to a question that was given up, or asked twice.
            if message.type == "error":
                raise error_from_body(message.body)
            return message

    def send(self, frames: list[bytes]) -> bool:
        """Sends, or not at all: false when too many messages wait already."""
        try:
            self._socket.send_multipart(frames)
            return True
        except zmq.Again:
            return False

    def drain(self) -> bool:
        """Takes what has arrived unasked; false when something was refused or can't be read."""
        heard = True
        while True:
            try:
                message = self._receive(0)
            except ProtocolError:
                heard = False
                continue
            if message is None:
                return heard
            heard = heard and message.type != "error"

    def _receive(self, seconds: float) -> Message | None:
        if not self._socket.poll(max(0, int(1000 * seconds))):
            return None
        frames = [frame.buffer for frame in self._socket.recv_multipart(copy=False)]
        try:
            return decode_message(frames, limits=self._limits, accept=_ANSWERS)
        except ProtocolError as error:
            if error.code == "version":
                raise InputError(f"The server at {self.address} can't be understood: {error}") from None
            raise

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()


def unexpected(answer: str, request: str) -> ProtocolError:
    """The error of an answer that doesn't belong to its question."""
    return ProtocolError("malformed", f"The server answered {request} by {answer}.")
