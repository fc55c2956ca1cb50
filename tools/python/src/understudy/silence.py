"""Why nobody answers at an address: libzmq is silent about refused keys, so one more connection is looked at."""

from __future__ import annotations

import re
import socket
import time
from typing import Any

import zmq
from zmq.utils.monitor import recv_monitor_message

from .keys import ClientKeys

#: How long one more connection is watched.
_SECONDS = 0.5
#: The signature and the version, 3.0, of ZMTP (RFC 23): enough for the other side to send the whole of its own greeting.
_HELLO = bytes.fromhex("ff00000000000000017f0300")
#: Where the name of the mechanism stands in a greeting.
_MECHANISM = slice(12, 32)


def why_silent(address: str, keys: ClientKeys | None, start: str) -> str:
    """The end of a sentence that begins with "No server answered".

    Args:
        start: The command that starts what is missing.
    """
    nobody = f"nobody listens there: start one ({start}) or correct the address"
    if address.startswith("inproc:"):
        return nobody
    greeting = _read_greeting(address)
    if greeting is None:
        return nobody
    if greeting == b"":
        return "what listens there says nothing: correct the address, or restart it"
    if greeting == b"CURVE":
        if keys is None:
            return "the server there needs keys: give this client's key and the server's (keys=load_client_keys(...))"
        return _watch_handshake(address, keys)
    if greeting == b"NULL":
        if keys is not None:
            return "the server there has no keys: leave them out, or correct the address"
        return "what listens there does not speak this protocol, or is stuck: correct the address, or restart it"
    return "what listens there speaks another protocol than ZeroMQ: correct the address"


def _read_greeting(address: str) -> bytes | None:
    """The mechanism that ZeroMQ is to use there; None for nobody, empty for silence, anything for another protocol."""
    try:
        connection = _connect(address)
    except OSError:
        return None
    received = b""
    with connection:
        try:
            connection.sendall(_HELLO)
            until = time.monotonic() + _SECONDS
            while len(received) < _MECHANISM.stop and (left := until - time.monotonic()) > 0:
                connection.settimeout(left)
                chunk = connection.recv(64)
                received += chunk
                if not chunk or received[0] != 0xFF:
                    return b"other"
        except TimeoutError:
            pass
        except OSError:
            return b"other"
    if len(received) < _MECHANISM.stop:
        return b"other" if received else b""
    return received[_MECHANISM].rstrip(b"\0") or b"other"


def _connect(address: str) -> socket.socket:
    if address.startswith("ipc://"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(address[len("ipc://") :])
        except OSError:
            connection.close()
            raise
        return connection
    found = re.match(r"tcp://\[?(.+?)\]?:(\d+)\Z", address)
    if not found:
        raise OSError(f"{address} is no place to connect to")
    return socket.create_connection((found[1], int(found[2])), _SECONDS)


def _watch_handshake(address: str, keys: ClientKeys) -> str:
    """What becomes of a handshake with keys."""
    dealer: Any = zmq.Context.instance().socket(zmq.DEALER)
    dealer.linger = 0
    dealer.curve_serverkey, dealer.curve_publickey, dealer.curve_secretkey = keys
    monitor = dealer.get_monitor_socket()
    try:
        dealer.connect(address)
        until = time.monotonic() + _SECONDS
        while (left := until - time.monotonic()) > 0 and monitor.poll(int(1000 * left)):
            event = recv_monitor_message(monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                return "the server there refuses this client's key: allow its public key there (understudy keys allow)"
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                return "the server there is stuck, or does not speak this protocol: restart it"
            # A server closes the connection of who takes it for another.
            if event in (zmq.EVENT_DISCONNECTED, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL):
                break
    finally:
        dealer.disable_monitor()
        monitor.close(0)
        dealer.close()
    return "the server there has another key than the one given as the server's: correct the key or the address"
