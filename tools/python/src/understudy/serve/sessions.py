"""Running sessions: who asked for what, what was answered last, and when each was heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import ProtocolError
from .environments import Environments


@dataclass
class Session:
    """One client's environments. Requests are numbered; the last answer is kept for its repetition."""

    id: str
    environments: Environments
    count: int
    #: The connection that its answers go to; attaching from another moves it.
    peer: bytes
    heard_at: float
    last_request: int = 1
    last_answer: list[bytes] = field(default_factory=list)


class SessionTable:
    """Sessions by their ids."""

    def __init__(self, max_sessions: int, max_environments: int) -> None:
        self._max_sessions = max_sessions
        self._max_environments = max_environments
        self._sessions: dict[str, Session] = {}

    def find(self, id: str | None) -> Session | None:
        """The session of an id."""
        return self._sessions.get(id or "")

    def check_room(self, count: int) -> None:
        """Raises ProtocolError ``busy`` when there is no room for so many environments more."""
        if len(self._sessions) >= self._max_sessions:
            raise ProtocolError("busy", f"The server holds {self._max_sessions} sessions, as many as it may.")
        held = sum(session.count for session in self._sessions.values())
        if held + count > self._max_environments:
            raise ProtocolError(
                "busy", f"The server holds {held} environments and may hold {self._max_environments}; {count} more are too many."
            )

    def add(self, session: Session) -> None:
        """Takes a session in."""
        self._sessions[session.id] = session

    def remove(self, session: Session) -> None:
        """Takes a session out and closes its environments."""
        del self._sessions[session.id]
        session.environments.close()

    def close_silent(self, before: float) -> int:
        """Removes those that were not heard since; returns how many."""
        silent = [session for session in self._sessions.values() if session.heard_at < before]
        for session in silent:
            self.remove(session)
        return len(silent)

    def close(self) -> None:
        """Removes all."""
        for session in list(self._sessions.values()):
            self.remove(session)
