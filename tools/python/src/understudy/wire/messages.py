"""Every type of message of version 1: its body, its arrays, and what else stands in its header."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import ERROR_CODES
from .schema import Check, boolean, integer, list_of, one_of, positive_number, record_of, strict, text
from .spaces import space_description

SERVICES = ("environments", "rollout", "inference")


class ArrayRule(NamedTuple):
    """What an array of a message must be."""

    dtypes: tuple[str, ...]
    ranks: tuple[int, ...]
    optional: bool = False


class Definition(NamedTuple):
    """One type of message. ``arrays`` is None where any may come; presences are required, optional or absent."""

    body: Check
    arrays: dict[str, ArrayRule] | None
    request: str
    session: str


def _rule(dtype: str, *ranks: int, optional: bool = False) -> ArrayRule:
    return ArrayRule((dtype,), ranks, optional)


_count = integer()
_name = text(256, 1)
_seed = integer()
_plain = record_of()
_many = integer(1, 2**20)
_empty = strict({})
_versions = list_of(_count, 16, 1)
_limits = strict({"headerBytes": _count, "messageBytes": _count})

_rows = {
    "observations": _rule("f32", 2, 3),
    "rewards": _rule("f64", 1, 2),
    "terminated": _rule("u8", 1, 2),
    "truncated": _rule("u8", 1, 2),
    "wasReset": _rule("u8", 1, 2),
}
_final_rows = {"finalRows": _rule("i32", 1, optional=True), "finalObservations": _rule("f32", 2, optional=True)}
_info_ranks = tuple(range(1, 9))
#: Groups of names: what they begin with, up to the first slash.
_step_infos = {
    "info/*": _rule("f64", *_info_ranks, optional=True),
    "flag/*": _rule("u8", *_info_ranks, optional=True),
    "has/*": _rule("u8", 1, 2, optional=True),
    "finalInfo/*": _rule("f64", *_info_ranks, optional=True),
    "finalFlag/*": _rule("u8", *_info_ranks, optional=True),
    "finalHas/*": _rule("u8", 1, optional=True),
}


def _of_session(body: Check, arrays: dict[str, ArrayRule] | None = None) -> Definition:
    return Definition(body, {} if arrays is None else arrays, "required", "required")


def _question(body: Check, arrays: dict[str, Any] | None) -> Definition:
    return Definition(body, arrays, "required", "absent")


def _notice(body: Check, arrays: dict[str, Any] | None) -> Definition:
    return Definition(body, arrays, "absent", "absent")


_handshake = {
    "hello": _question(strict({"versions": _versions, "service": one_of(*SERVICES), "software": text(128)}), {}),
    "welcome": _question(
        strict(
            {
                "version": _count,
                "service": one_of(*SERVICES),
                "software": text(128),
                "limits": _limits,
                "heartbeatSeconds": positive_number,
                "leaseSeconds": positive_number,
            }
        ),
        {},
    ),
    "error": Definition(
        strict({"code": one_of(*ERROR_CODES), "message": text(4096)}, {"versions": _versions}),
        {},
        "optional",
        "optional",
    ),
    "ping": Definition(_empty, {}, "required", "optional"),
    "pong": Definition(_empty, {}, "required", "optional"),
    "bye": _notice(strict({"reason": text(1024)}), {}),
}

_environments = {
    "list": _question(_empty, {}),
    "environments": _question(
        strict({"environments": list_of(strict({"id": _name}, {"description": text(4096)}), 10_000)}), {}
    ),
    "make": _of_session(
        strict(
            {
                "id": _name,
                "count": _many,
                "options": _plain,
                "autoresetMode": one_of("next-step", "same-step", "disabled"),
                "infos": boolean,
            },
            {"stepInfos": boolean},
        )
    ),
    "made": _of_session(
        strict(
            {
                "observationSpace": space_description,
                "actionSpace": space_description,
                "observationSize": _count,
                "actionSize": _count,
                "renders": boolean,
                "leaseSeconds": positive_number,
            },
            {"renderFps": positive_number},
        )
    ),
    "attach": _of_session(_empty),
    "attached": _of_session(strict({"lastRequest": _count})),
    "reset": _of_session(strict({}, {"seed": _seed, "options": _plain})),
    "resetAt": _of_session(strict({"index": _count}, {"seed": _seed, "options": _plain})),
    "state": _of_session(strict({}, {"infos": list_of(_plain, 2**20)}), _rows),
    "step": _of_session(_empty, {"actions": _rule("f32", 2, 3)}),
    "stepped": _of_session(_empty, {**_rows, **_final_rows, **_step_infos}),
    "save": _of_session(_empty),
    "saved": _of_session(_empty, {"state": _rule("u8", 1)}),
    "restore": _of_session(_empty, {"state": _rule("u8", 1)}),
    "render": _of_session(
        strict({"index": _count}, {"width": integer(1, 4096), "height": integer(1, 4096), "camera": _name})
    ),
    "frame": _of_session(_empty, {"pixels": _rule("u8", 3)}),
    "close": _of_session(_empty),
    "closed": _of_session(_empty),
}

_inference = {
    "publish": _question(strict({"model": _name, "version": _count, "spec": _plain}), None),
    "published": _question(strict({"model": _name, "version": _count}), {}),
    "infer": _question(strict({"model": _name}, {"version": _count}), {"observations": _rule("f32", 2)}),
    "inferred": _question(strict({"model": _name, "version": _count}), {"outputs": _rule("f32", 2)}),
}

#: Every type of message by its name in the header, but those between learner and workers.
DEFINITIONS: dict[str, Definition] = {**_handshake, **_environments, **_inference}
