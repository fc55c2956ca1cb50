"""What a server serves, where, and within which limits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from ..keys import ServerKeys
from ..wire import DEFAULT_LIMITS, MessageLimits


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class ServerOptions:
    """What is served, where, and within which limits."""

    address: str
    environments: tuple[str, ...]
    #: Imported first: modules that register environments.
    modules: tuple[str, ...] = ()
    #: Needed beyond this machine.
    keys: ServerKeys | None = None
    lease_seconds: float = 60.0
    max_sessions: int = 64
    max_environments: int = 4096
    limits: MessageLimits = DEFAULT_LIMITS
    log: Callable[[str], None] = _log
