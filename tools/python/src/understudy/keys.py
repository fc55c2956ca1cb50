"""CURVE keys out of the files that ``understudy keys create`` writes, and where they are needed."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, NamedTuple

import zmq

from .errors import InputError

_MAX_FILE_BYTES = 4096
_FORMAT = "understudy-curve-key"
_fields = {"format": _FORMAT, "version": 1}
_name_pattern = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


class ServerKeys(NamedTuple):
    """A server's pair, and the directory that lists who may connect."""

    public_key: bytes
    secret_key: bytes
    allow_list: Path


class ClientKeys(NamedTuple):
    """A client's pair, and the public key of the server that it will talk to and no other."""

    server_key: bytes
    public_key: bytes
    secret_key: bytes


def default_key_directory() -> Path:
    """``UNDERSTUDY_KEYS``, or ``.understudy/keys`` in the home directory."""
    return Path(os.environ.get("UNDERSTUDY_KEYS") or Path.home() / ".understudy" / "keys")


def load_server_keys(directory: str | os.PathLike[str], name: str = "server") -> ServerKeys:
    """The keys of a server; raises InputError when they are missing, broken, or can be read by others."""
    public_key, secret_key = _read_secret(Path(directory) / f"{name}.secret.json")
    return ServerKeys(public_key, secret_key, Path(directory) / "allowed")


def load_client_keys(
    directory: str | os.PathLike[str], name: str = "client", server_key_file: str | os.PathLike[str] | None = None
) -> ClientKeys:
    """The keys of a client; raises InputError when they are missing, broken, or can be read by others.

    Args:
        directory: Where the client's pair lies.
        name: Of the client's pair.
        server_key_file: The server's public key; ``server.public.json`` in the directory unless told.
    """
    public_key, secret_key = _read_secret(Path(directory) / f"{name}.secret.json")
    server = Path(server_key_file) if server_key_file is not None else Path(directory) / "server.public.json"
    return ClientKeys(read_public_key(server), public_key, secret_key)


def read_public_key(path: Path) -> bytes:
    """The public key of a key file; raises InputError when there is none."""
    value, _ = _read(path)
    names = {"format", "version", "kind", "name", "comment", "publicKey"}
    if value.get("kind") == "secret":
        names.add("secretKey")
    if set(value) != names or value["kind"] not in ("public", "secret") or not _belongs(value):
        raise InputError(f"The file {path} holds no public key; give one that understudy keys create wrote.")
    return _key(value["publicKey"], path)


def allowed_keys(allow_list: Path) -> dict[bytes, str]:
    """Names by public keys; a directory that isn't there, and a file that is no key, allow nobody."""
    found: dict[bytes, str] = {}
    for path in sorted(allow_list.glob("*.json")) if allow_list.is_dir() else []:
        if path.name.startswith("."):
            continue
        try:
            found[read_public_key(path)] = path.stem
        except (InputError, OSError):
            continue
    return found


def check_reach(address: str, keys: object | None) -> None:
    """Refuses an address beyond this machine without keys, and what is no address."""
    if re.match(r"(ipc|inproc)://.", address):
        return
    found = re.match(r"tcp://(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]\s/]+)):(\d{1,5}|\*)\Z", address)
    if not found:
        raise InputError(f"The address {address!r} is none; expected tcp://HOST:PORT, ipc://PATH or inproc://NAME.")
    host = found[1] or found[2]
    local = host in ("localhost", "::1") or re.match(r"127(\.\d{1,3}){3}\Z", host)
    if not local and keys is None:
        raise InputError(
            f"{address} can be reached from other machines, which needs CURVE keys: "
            "give keys, or an address on 127.0.0.1."
        )


def _read_secret(path: Path) -> tuple[bytes, bytes]:
    value, mode = _read(path)
    if os.name == "posix" and mode & 0o077:
        raise InputError(
            f"The secret key {path} can be read by others (mode {mode & 0o777:o}): "
            "run chmod 600 on it, or create a new one."
        )
    names = {"format", "version", "kind", "name", "comment", "publicKey", "secretKey"}
    if set(value) != names or value["kind"] != "secret" or not _belongs(value):
        raise InputError(f"The file {path} holds no secret key; give one that understudy keys create wrote.")
    public_key, secret_key = _key(value["publicKey"], path), _key(value["secretKey"], path)
    if zmq.curve_public(secret_key) != public_key:
        raise InputError(f"The public key in {path} is not that of its secret key; create a new pair.")
    return public_key, secret_key


def _belongs(value: dict[str, Any]) -> bool:
    return (
        all(value[name] == expected for name, expected in _fields.items())
        and isinstance(value["name"], str)
        and bool(_name_pattern.match(value["name"]))
        and isinstance(value["comment"], str)
    )


def _read(path: Path) -> tuple[dict[str, Any], int]:
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"There is no key file {path}; create one with understudy keys create.") from None
    if len(data) > _MAX_FILE_BYTES:
        raise InputError(f"The file {path} is too large for a key.")
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    return (value if isinstance(value, dict) else {}), mode


def _key(text: Any, path: Path) -> bytes:
    from zmq.utils import z85

    try:
        if isinstance(text, str) and len(text) == 40 and len(z85.decode(text.encode("ascii"))) == 32:
            return text.encode("ascii")
    except (ValueError, KeyError, UnicodeError, OverflowError):
        pass
    except Exception as error:
        if type(error).__name__ != "error":  # struct.error: a group that stands for no four bytes
            raise
    raise InputError(f"A key in {path} is no CURVE key: expected 40 characters of Z85.")
