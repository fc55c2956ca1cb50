"""The codec: what is refused, and with which code."""

import unittest

import gymnasium as gym
import msgpack
import numpy as np

from understudy.errors import InputError, ProtocolError
from understudy.wire import MessageLimits, decode_message, encode_message
from understudy.wire.spaces import create_space, describe_space

SESSION = "0123456789abcdef" * 2


def header(**changes: object) -> bytes:
    return msgpack.packb({"v": 1, "t": "list", "q": 1, "b": {}, **changes})


class Refused(unittest.TestCase):
    def expect(self, code: str, *frames: bytes, **options: object) -> ProtocolError:
        with self.assertRaises(ProtocolError) as caught:
            decode_message(frames, **options)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception

    def test_frames_and_sizes(self) -> None:
        self.expect("malformed")
        self.expect("malformed", header(), b"", b"")
        self.expect("limit", header(t="x" * 200), limits=MessageLimits(100, 1000))
        self.expect("limit", header(), bytes(2000), limits=MessageLimits(100, 1000))

    def test_headers(self) -> None:
        deep: object = {}
        for _ in range(40):
            deep = [deep]
        for code, frame in [
            ("malformed", b""),
            ("malformed", b"\xc1"),
            ("malformed", header()[:-1]),
            ("malformed", header() + b"\x00"),
            ("malformed", msgpack.packb([1])),
            ("malformed", b"\xdf\xff\xff\xff\xff"),
            ("malformed", b"\xdd\x7f\xff\xff\xff"),
            ("limit", b"\xdb\x7f\xff\xff\xff"),
            ("malformed", b"\x81\x01\x02"),
            ("malformed", b"\x82\xa1v\x01\xa1v\x01"),
            ("malformed", b"\x81\xa1v\xa2\xff\xfe"),
            ("malformed", header(b={"x": b"binary"})),
            ("malformed", header(b={"x": msgpack.ExtType(1, b"1234")})),
            ("malformed", header(b={"x": msgpack.Timestamp(1)})),
            ("malformed", header(q=2**60)),
            ("malformed", header(q=-1)),
            ("malformed", header(q=True)),
            ("malformed", header(v="1")),
            ("malformed", header(v=True)),
            ("malformed", header(t=7)),
            ("malformed", header(s="short")),
            ("malformed", header(x=1)),
            ("malformed", header(a=None)),
            ("malformed", header(q=None)),
            ("malformed", header(b=[])),
            ("malformed", header(b={"more": 1})),
            ("malformed", header(s=SESSION)),
            ("malformed", msgpack.packb({"v": 1, "t": "list", "b": {}})),
            ("version", header(v=2)),
            ("unknown-type", header(t="reboot")),
            ("limit", header(b=deep)),
            ("limit", header(b={"x": "y" * 70_000})),
            ("limit", header(b={"x": [0] * 140_000})),
            ("limit", b"\x91" * 5000 + b"\xc0"),
        ]:
            with self.subTest(code=code, frame=frame[:40]):
                self.expect(code, frame)
        error = self.expect("version", header(v=2, q=9))
        self.assertEqual((error.request, error.versions), (9, (1,)))
        self.expect("unknown-type", header(), accept={"hello"})

    def test_arrays(self) -> None:
        actions = np.arange(6, dtype=np.float32).reshape(2, 3)
        good = encode_message("step", {}, {"actions": actions}, request=2, session=SESSION)
        message = decode_message(good)
        np.testing.assert_array_equal(message.arrays["actions"], actions)
        self.assertFalse(message.arrays["actions"].flags.writeable)

        def step(a: object) -> bytes:
            return msgpack.packb({"v": 1, "t": "step", "q": 2, "s": SESSION, "a": a, "b": {}})

        data = good[1]
        for code, described, frame in [
            ("malformed", [["actions", "f32", [2, 4]]], data),
            ("malformed", [["actions", "f32", [2, 2]]], data),
            ("malformed", [["actions", "f64", [2, 3]]], bytes(48)),
            ("malformed", [["actions", "f32", [6]]], data),
            ("malformed", [["others", "f32", [2, 3]]], data),
            ("malformed", [["actions", "f32", [2, -3]]], data),
            ("malformed", [["actions", "f32", [2.5, 3]]], data),
            ("malformed", [["actions", "f32", [2**31, 2**31]]], data),
            ("malformed", [["actions", "f32", [2**20, 2**9]]], data),
            ("malformed", [["actions", "f32", [0, 2**52, 2**52]]], b""),
            ("malformed", [["actions", "f16", [2, 3]]], data),
            ("malformed", [["actions", "f32", [1] * 9]], data),
            ("malformed", [["actions", ["f32"], [2, 3]]], data),
            ("malformed", [["actions", "f32", [2, 3]], ["actions", "f32", [0]]], data),
            ("malformed", [["actions", "f32", [2, 3], 1]], data),
            ("malformed", [["9", "f32", [2, 3]]], data),
            ("malformed", [["actions", "f32", [1, 5]]], bytes(20) + b"\x00\x00\x00\x01"),
            ("malformed", "actions", data),
            ("malformed", [], data),
            ("limit", [[f"a{i}", "u8", [0]] for i in range(1025)], b""),
        ]:
            with self.subTest(described=described if len(described) < 10 else "many"):
                self.expect(code, step(described), frame)
        self.expect("malformed", good[0])
        self.expect("malformed", header(), b"")


class Spaces(unittest.TestCase):
    def test_every_space_goes_there_and_back(self) -> None:
        spaces = gym.spaces
        for space in [
            spaces.Box(-1.0, 1.0, (3,), np.float32),
            spaces.Box(np.array([-1.0, -np.inf]), np.array([np.inf, 2.5]), dtype=np.float64),
            spaces.Box(0, 255, (4, 5, 3), np.uint8),
            spaces.Box(-np.inf, np.inf, (), np.float64),
            spaces.Discrete(5, start=-2),
            spaces.MultiDiscrete([2, 3], start=[0, 5]),
            spaces.MultiBinary(4),
            spaces.MultiBinary([2, 3]),
            spaces.Dict({"goal": spaces.Box(0, 1, (2,)), "agent": spaces.Dict({"x": spaces.Discrete(3)})}),
            spaces.Tuple([spaces.Discrete(2), spaces.MultiBinary(2)]),
        ]:
            self.assertEqual(create_space(describe_space(space)), space)

    def test_what_does_not_fit_is_refused(self) -> None:
        box = {"kind": "box", "dtype": "float32", "shape": [2**20, 2**20], "low": 0, "high": 1}
        for wrong in [
            box,
            {**box, "shape": [2], "low": [0, 0, 0]},
            {"kind": "multi-discrete", "nvec": [2], "start": [0, 0]},
            {"kind": "multi-binary", "shape": [2**13, 2**13]},
        ]:
            with self.assertRaises(InputError):
                create_space(wrong)
        with self.assertRaises(InputError):
            describe_space(gym.spaces.Text(5))


if __name__ == "__main__":
    unittest.main()
