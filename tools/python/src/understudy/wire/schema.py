"""Checks of plain data off the wire: each is a function that returns the value or raises ``Wrong``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .limits import MAX_SAFE_INTEGER

Check = Callable[[Any, str], Any]


class Wrong(Exception):
    """A value is not what was expected; the message says where and what."""


def _wrong(path: str, expected: str) -> Wrong:
    return Wrong(f"{path}: expected {expected}" if path else f"expected {expected}")


def integer(least: int = 0, most: int = MAX_SAFE_INTEGER) -> Check:
    """A whole number, also one that came as a float."""

    def check(value: Any, path: str) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise _wrong(path, f"a whole number from {least} to {most}")
        return value

    return check


def positive_number(value: Any, path: str) -> float:
    """A finite number above 0."""
    if type(value) not in (int, float) or not 0 < value < float("inf"):
        raise _wrong(path, "a number above 0")
    return float(value)


def nullable_number(value: Any, path: str) -> float | None:
    """A finite number, or None."""
    if value is None:
        return None
    if type(value) not in (int, float) or not abs(value) < float("inf"):
        raise _wrong(path, "a number or nil")
    return float(value)


def boolean(value: Any, path: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _wrong(path, "true or false")
    return value


def text(most: int, least: int = 0) -> Check:
    """A string; lengths count UTF-16 units, as the other side counts them."""

    def check(value: Any, path: str) -> str:
        if not isinstance(value, str) or not least <= len(value.encode("utf-16-le")) // 2 <= most:
            raise _wrong(path, f"a text of {least} to {most} characters")
        return value

    return check


def one_of(*names: Any) -> Check:
    """One of a few values."""

    def check(value: Any, path: str) -> Any:
        if not isinstance(value, str) or value not in names:
            raise _wrong(path, f"one of {', '.join(names)}")
        return value

    return check


def list_of(item: Check, most: int, least: int = 0) -> Check:
    """A list whose items all pass a check."""

    def check(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise _wrong(path, f"a list of {least} to {most} items")
        return [item(each, f"{path}.{i}") for i, each in enumerate(value)]

    return check


def record_of(item: Check | None = None) -> Check:
    """A map of any names."""

    def check(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(path, "a map")
        for key in value:
            text(256)(key, path)
        if item is None:
            return value
        return {key: item(each, f"{path}.{key}") for key, each in value.items()}

    return check


def strict(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A map of exactly these names."""
    others = optional or {}

    def check(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(path, "a map")
        for key in value:
            if key not in required and key not in others:
                raise _wrong(path, f"no {key[:40]!r}")
        found: dict[str, Any] = {}
        for key, item in required.items():
            if key not in value:
                raise _wrong(path, f"{key!r}")
            found[key] = item(value[key], f"{path}.{key}".lstrip("."))
        for key, item in others.items():
            if key in value:
                found[key] = item(value[key], f"{path}.{key}".lstrip("."))
        return found

    return check
