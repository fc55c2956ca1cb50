"""The vectors that every implementation of the protocol checks itself against."""

import json
import unittest
from typing import Any

import numpy as np
from support import ROOT

from understudy.errors import ProtocolError
from understudy.wire import decode_message, encode_message
from understudy.wire.arrays import DTYPES

VECTORS = ROOT / "packages" / "rollout" / "vectors"
#: Messages between learner and workers, which this package does not speak.
WORKERS_ONLY = {"ready", "setup", "policy", "task", "result", "ack", "heartbeat", "stop", "refused"}


def read(name: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return vectors


def array(described: dict[str, Any]) -> Any:
    dtype = DTYPES[described["dtype"]]
    read_number = int if dtype.kind in "iu" else float
    values = [read_number(value) for value in described["values"]]
    return np.array(values, dtype=dtype).reshape(described["shape"])


class Vectors(unittest.TestCase):
    def test_valid_messages_are_read_and_written_byte_by_byte(self) -> None:
        seen = 0
        for vector in read("valid.json"):
            expected = vector["message"]
            if expected["type"] in WORKERS_ONLY:
                continue
            seen += 1
            with self.subTest(vector["name"]):
                frames = [bytes.fromhex(frame) for frame in vector["frames"]]
                message = decode_message(frames)
                self.assertEqual(message.type, expected["type"])
                self.assertEqual(message.request, expected.get("request"))
                self.assertEqual(message.session, expected.get("session"))
                self.assertEqual(message.body, expected["body"])
                arrays = {name: array(described) for name, described in expected["arrays"].items()}
                self.assertEqual(list(message.arrays), list(arrays))
                for name, value in arrays.items():
                    np.testing.assert_array_equal(message.arrays[name], value)
                    self.assertEqual(message.arrays[name].dtype, value.dtype)
                written = encode_message(
                    expected["type"],
                    expected["body"],
                    message.arrays,
                    request=expected.get("request"),
                    session=expected.get("session"),
                )
                self.assertEqual(written, frames)
        self.assertGreaterEqual(seen, 25)

    def test_invalid_messages_are_refused_with_their_code(self) -> None:
        vectors = read("invalid.json")
        for vector in vectors:
            with self.subTest(vector["name"]):
                with self.assertRaises(ProtocolError) as caught:
                    decode_message([bytes.fromhex(frame) for frame in vector["frames"]])
                self.assertEqual(caught.exception.code, vector["code"], caught.exception)
        self.assertGreaterEqual(len(vectors), 40)


if __name__ == "__main__":
    unittest.main()
