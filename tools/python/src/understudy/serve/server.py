"""Serves Gymnasium's environments to many clients; see PROTOCOL.md, service ``environments``."""

from __future__ import annotations

import importlib
import time

import gymnasium as gym
import zmq

from ..errors import InputError, ProtocolError, error_body
from ..heartbeat import heartbeat
from ..keys import check_reach
from ..version import SOFTWARE
from ..wire import SUPPORTED_VERSIONS, Message, decode_message, encode_message
from .environments import Environments
from .options import ServerOptions
from .peers import Peers
from .sessions import Session, SessionTable
from .zap import DOMAIN, ZapHandler

_REQUESTS = frozenset(
    (
        "hello",
        "ping",
        "bye",
        "list",
        "make",
        "attach",
        "reset",
        "resetAt",
        "step",
        "save",
        "restore",
        "render",
        "close",
    )
)

#: A closed socket lets go of its address a moment later: how often to try, and the seconds between two.
_REBIND_TRIES = 100
_REBIND_PAUSE = 0.02


class EnvironmentServer:
    """Binds an address at once; ``serve`` answers until ``stop``.

    Raises:
        InputError: The address is in use or not allowed, or an environment is not registered.
    """

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        check_reach(options.address, options.keys)
        if not options.lease_seconds > 0:
            raise InputError(f"The lease is a number of seconds above 0, got {options.lease_seconds:g}.")
        self._import(options)
        self._sessions = SessionTable(options.max_sessions, options.max_environments)
        self._peers = Peers()
        self._stopping = False
        # A context of its own: the ZAP handler exists once in each.
        self._context = zmq.Context()
        self._zap = ZapHandler(self._context, options.keys.allow_list, options.log) if options.keys else None
        self._socket = self._context.socket(zmq.ROUTER)
        try:
            self._bind(options.address)
        except BaseException:
            self._close_sockets()
            raise
        self.address: str = str(self._socket.getsockopt_string(zmq.LAST_ENDPOINT)).rstrip("\0")
        self._poller = self._watch()

    def _import(self, options: ServerOptions) -> None:
        for module in options.modules:
            try:
                importlib.import_module(module)
            except ImportError as error:
                raise InputError(f"The module {module} can't be imported: {error}.") from None
        for id in options.environments:
            try:
                gym.spec(id)
            except gym.error.Error as error:
                raise InputError(f"Gymnasium has no environment {id}: {error}") from None

    def _bind(self, address: str, tries: int = 1) -> None:
        options = self._options
        settings = {
            zmq.LINGER: 1_000,
            zmq.SNDTIMEO: 0,
            zmq.SNDHWM: 1_024,
            zmq.RCVHWM: 1_024,
            zmq.MAXMSGSIZE: options.limits.message_bytes,
            zmq.HANDSHAKE_IVL: 10_000,
            **heartbeat(has_keys=options.keys is not None),
            zmq.ROUTER_MANDATORY: 1,
            zmq.TCP_KEEPALIVE: 1,
            zmq.IPV6: int("[" in options.address),
        }
        for option, value in settings.items():
            self._socket.setsockopt(option, value)
        if options.keys:
            self._socket.curve_server = True
            self._socket.curve_publickey = options.keys.public_key
            self._socket.curve_secretkey = options.keys.secret_key
            self._socket.zap_domain = DOMAIN
            self._socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)
        if self._zap:
            self._zap.watch(self._socket)
        for left in reversed(range(tries)):
            try:
                self._socket.bind(address)
                return
            except zmq.ZMQError as error:
                if left == 0:
                    raise InputError(f"The address {address} can't be bound: {error}; choose another.") from None
            time.sleep(_REBIND_PAUSE)

    def _watch(self) -> zmq.Poller:
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        if self._zap:
            poller.register(self._zap.socket, zmq.POLLIN)
            poller.register(self._zap.monitor, zmq.POLLIN)
        return poller

    def _rebind(self) -> None:
        """Cuts all connections. Sessions stay, and clients come back by themselves, but those whose key is revoked."""
        assert self._zap is not None
        self._options.log("A key was revoked: all connections are cut, and who is still allowed comes back.")
        self._zap.unwatch()
        self._socket.close(0)
        self._socket = self._context.socket(zmq.ROUTER)
        self._bind(self.address, _REBIND_TRIES)
        self._peers = Peers()
        self._poller = self._watch()

    def serve(self) -> None:
        """Answers until ``stop``; then tells the clients and closes everything."""
        try:
            while not self._stopping:
                self._poller.poll(200)
                if self._zap:
                    self._zap.answer_all()
                    self._zap.note_failures()
                    if self._zap.find_revoked():
                        self._rebind()
                self._receive_some()
                closed = self._sessions.close_silent(time.monotonic() - self._options.lease_seconds)
                if closed:
                    self._options.log(f"The leases of {closed} sessions have ended.")
        finally:
            for peer in self._peers.greeted():
                self._send(peer, encode_message("bye", {"reason": "The server shuts down."}))
            self._sessions.close()
            self._close_sockets()

    def stop(self) -> None:
        """Lets ``serve`` end after the request under way; may be called by a signal or another thread."""
        self._stopping = True

    def _close_sockets(self) -> None:
        if self._zap:
            self._zap.close()
        self._socket.close()
        self._context.term()

    def _receive_some(self) -> None:
        """So many at most, that leases and questions of who may connect don't wait for ever."""
        for _ in range(64):
            if not self._socket.poll(0):
                return
            peer, *frames = (frame.buffer for frame in self._socket.recv_multipart(copy=False))
            self._receive(bytes(peer), frames)

    def _receive(self, peer: bytes, frames: list[memoryview]) -> None:
        if not self._peers.admits(peer, time.monotonic()):
            return
        try:
            message = decode_message(frames, limits=self._options.limits, accept=_REQUESTS)
        except ProtocolError as error:
            self._refuse(peer, error, error.request, error.session)
            self._peers.strike(peer)
            return
        try:
            if message.type != "hello" and not self._peers.has_greeted(peer):
                raise ProtocolError("unknown-session", "This connection has not greeted: say hello, then attach.")
            self._handle(peer, message)
        except ProtocolError as error:
            self._refuse(peer, error, message.request, message.session)
        if not self._peers.has_greeted(peer) and message.type != "bye":
            self._peers.strike(peer)

    def _refuse(self, peer: bytes, error: ProtocolError, request: int | None, session: str | None) -> None:
        self._options.log(f"Refused: {error}")
        self._send(peer, encode_message("error", error_body(error), request=request, session=session))

    def _send(self, peer: bytes, frames: list[bytes]) -> None:
        try:
            self._socket.send_multipart([peer, *frames])
        except (zmq.Again, zmq.ZMQError):
            pass  # Gone or full: it asks again.

    def _handle(self, peer: bytes, message: Message) -> None:
        request, session_id = message.request, message.session
        if message.type == "hello":
            self._welcome(peer, message)
        elif message.type == "bye":
            self._peers.forget(peer)
        elif message.type == "list":
            body = {"environments": [{"id": id} for id in self._options.environments]}
            self._send(peer, encode_message("environments", body, request=request))
        elif message.type == "ping":
            if session_id is not None:
                self._find(session_id).heard_at = time.monotonic()
            self._send(peer, encode_message("pong", request=request, session=session_id))
        elif message.type == "attach":
            session = self._find(session_id)
            session.peer, session.heard_at = peer, time.monotonic()
            attached = {"lastRequest": session.last_request}
            self._send(peer, encode_message("attached", attached, request=request, session=session_id))
        elif message.type == "make" and self._sessions.find(session_id) is None:
            self._make(peer, message)
        else:
            self._request(peer, message)

    def _welcome(self, peer: bytes, message: Message) -> None:
        body, limits = message.body, self._options.limits
        version = next((ours for ours in SUPPORTED_VERSIONS if ours in body["versions"]), None)
        if version is None:
            theirs = f"{body['software']} speaks version {', '.join(map(str, body['versions']))} of the rollout protocol"
            ours = ", ".join(map(str, SUPPORTED_VERSIONS))
            raise ProtocolError(
                "version", f"{theirs}, the server ({SOFTWARE}) version {ours}.", versions=SUPPORTED_VERSIONS
            )
        if body["service"] != "environments":
            raise ProtocolError("invalid", f"This server has environments, not the service {body['service']}.")
        self._peers.greet(peer)
        lease = self._options.lease_seconds
        welcome = {
            "version": version,
            "service": "environments",
            "software": SOFTWARE,
            "limits": {"headerBytes": limits.header_bytes, "messageBytes": limits.message_bytes},
            "heartbeatSeconds": lease / 5,
            "leaseSeconds": lease,
        }
        self._send(peer, encode_message("welcome", welcome, request=message.request))

    def _find(self, session_id: str | None) -> Session:
        session = self._sessions.find(session_id)
        if session is None:
            raise ProtocolError("unknown-session", "The server has no such session; its lease may have ended.")
        return session

    def _make(self, peer: bytes, message: Message) -> None:
        body = message.body
        if message.request != 1:
            raise ProtocolError("sequence", "make is request 1 of its session.")
        if body["id"] not in self._options.environments:
            offered = ", ".join(self._options.environments[:8])
            raise ProtocolError(
                "unknown-environment", f"The server does not offer the environment {body['id']}; it offers {offered}."
            )
        self._sessions.check_room(body["count"])
        try:
            environments = Environments(body, self._options.limits.message_bytes)
        except Exception as error:
            self._fail(peer, message, error)
            return
        assert message.session is not None
        session = Session(message.session, environments, body["count"], peer, time.monotonic())
        self._sessions.add(session)
        made = {**environments.made, "leaseSeconds": self._options.lease_seconds}
        session.last_answer = encode_message("made", made, request=1, session=session.id)
        self._send(peer, session.last_answer)

    def _request(self, peer: bytes, message: Message) -> None:
        """Runs a numbered request of a session, once: its repetition gets the same answer."""
        session = self._find(message.session)
        request = message.request
        if session.peer != peer:
            raise ProtocolError("unknown-session", "The session belongs to another connection; attach first.")
        session.heard_at = time.monotonic()
        if request == session.last_request:
            self._send(peer, session.last_answer)
            return
        if request != session.last_request + 1:
            last = session.last_request
            raise ProtocolError("sequence", f"Request {request} is out of order, expected {last} or {last + 1}.")
        if message.type == "close":
            self._sessions.remove(session)
            self._send(peer, encode_message("closed", request=request, session=session.id))
            return
        session.last_request = request
        try:
            type, body, arrays = session.environments.perform(message)
            session.last_answer = encode_message(type, body, arrays, request=request, session=session.id)
        except Exception as error:
            session.last_answer = self._fail(peer, message, error)
        else:
            self._send(peer, session.last_answer)
        session.heard_at = time.monotonic()

    def _fail(self, peer: bytes, message: Message, error: Exception) -> list[bytes]:
        """Answers that a request failed, which is an answer like any other."""
        self._options.log(f"{message.type} failed: {error}")
        body = error_body(error, "failed")
        if body["code"] == "failed":
            # What fails is the environment, over there: its words alone might be taken for this side's.
            session = self._sessions.find(message.session)
            name = session.environments.id if session else message.body.get("id", "An environment")
            body["message"] = f"{name} failed to {message.type}: {body['message']}"[:4000]
        frames = encode_message("error", body, request=message.request, session=message.session)
        self._send(peer, frames)
        return frames
