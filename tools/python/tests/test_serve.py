"""Gymnasium's environments on a server of this package."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any

import gymnasium as gym
import msgpack
import numpy as np
import zmq
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from support import SOURCES, PythonServer, run_python

import understudy
from understudy.wire import decode_message, encode_message

SESSION = "0123456789abcdef" * 2


class Relay:
    """A TCP proxy whose connections can be cut."""

    def __init__(self, target: str) -> None:
        self._target = int(target.rsplit(":", 1)[1])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                other.sendall(data)
        except OSError:
            pass

    def cut(self) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets = []

    def close(self) -> None:
        self._listener.close()
        self.cut()


class Serve(unittest.TestCase):
    def start(self, *environments: str, **options: object) -> PythonServer:
        server = PythonServer(*environments, **options)
        self.addCleanup(server.stop)
        return server

    def dealer(self, address: str) -> zmq.Socket[bytes]:
        dealer = zmq.Context.instance().socket(zmq.DEALER)
        dealer.linger = 0
        dealer.rcvtimeo = 2000
        dealer.connect(address)
        self.addCleanup(dealer.close)
        return dealer

    def hello(self, peer: zmq.Socket[bytes]) -> None:
        body = {"versions": [1], "service": "environments", "software": "test"}
        peer.send_multipart(encode_message("hello", body, request=0))
        self.assertEqual(decode_message(peer.recv_multipart()).type, "welcome")

    def ask(self, peer: zmq.Socket[bytes], type: str, body: object = None, **more: object) -> list[bytes]:
        peer.send_multipart(encode_message(type, body, **more))  # type: ignore[arg-type]
        return peer.recv_multipart()

    def test_an_environment_is_what_it_is_at_home(self) -> None:
        server = self.start("CartPole-v1", "Pendulum-v1")
        self.assertEqual(understudy.list_environments(server.address), ["CartPole-v1", "Pendulum-v1"])
        for id in ("CartPole-v1", "Pendulum-v1"):
            env = understudy.make(id, server.address)
            self.addCleanup(env.close)
            check_env(env, skip_render_check=True)
            home = gym.make(id)
            np.testing.assert_array_equal(env.reset(seed=7)[0], home.reset(seed=7)[0])
            home.action_space.seed(1)
            for _ in range(10):
                action = home.action_space.sample()
                for ours, theirs in zip(env.step(action)[:4], home.step(action)[:4], strict=True):
                    np.testing.assert_allclose(ours, theirs, rtol=1e-6)

    def test_requests_are_done_once_and_in_order(self) -> None:
        server = self.start("CartPole-v1")
        peer = self.dealer(server.address)
        self.hello(peer)
        make = {"id": "CartPole-v1", "count": 2, "options": {}, "autoresetMode": "next-step", "infos": False}
        made = self.ask(peer, "make", make, request=1, session=SESSION)
        self.assertEqual(self.ask(peer, "make", make, request=1, session=SESSION), made)
        self.ask(peer, "reset", {"seed": 1}, request=2, session=SESSION)
        actions = {"actions": np.ones((2, 1), np.float32)}
        first = self.ask(peer, "step", {}, arrays=actions, request=3, session=SESSION)
        self.assertEqual(self.ask(peer, "step", {}, arrays=actions, request=3, session=SESSION), first)
        self.assertNotEqual(self.ask(peer, "step", {}, arrays=actions, request=4, session=SESSION)[1], first[1])
        for request in (3, 6):
            late = decode_message(self.ask(peer, "step", {}, arrays=actions, request=request, session=SESSION))
            self.assertEqual((late.type, late.body["code"]), ("error", "sequence"))
        other = self.dealer(server.address)
        self.hello(other)
        stolen = decode_message(self.ask(other, "step", {}, arrays=actions, request=5, session=SESSION))
        self.assertEqual(stolen.body["code"], "unknown-session")
        attached = decode_message(self.ask(other, "attach", request=0, session=SESSION))
        self.assertEqual(attached.body, {"lastRequest": 4})
        many = {"actions": np.ones((3, 2, 1), np.float32)}
        stepped = decode_message(self.ask(other, "step", {}, arrays=many, request=5, session=SESSION))
        self.assertEqual(stepped.arrays["observations"].shape, (3, 2, 4))

    def test_a_cut_connection_costs_no_step(self) -> None:
        server = self.start("CartPole-v1")
        relay = Relay(server.address)
        self.addCleanup(relay.close)
        env = understudy.make("CartPole-v1", relay.address)
        self.addCleanup(env.close)
        home = gym.make("CartPole-v1")
        env.reset(seed=3)
        home.reset(seed=3)
        for step in range(8):
            if step in (2, 5):
                relay.cut()
            np.testing.assert_array_equal(env.step(step % 2)[0], home.step(step % 2)[0])

    def test_what_is_broken_is_refused_and_the_server_stays(self) -> None:
        server = self.start("CartPole-v1")
        for frames in ([b"garbage"], [b"\xc1", b"", b""], [msgpack.packb({"v": 9, "t": "hello", "q": 0, "b": {}})]):
            peer = self.dealer(server.address)
            peer.send_multipart(frames)
            answer = decode_message(peer.recv_multipart())
            self.assertEqual(answer.type, "error")
            self.assertIn(answer.body["code"], ("malformed", "version"))
        peer = self.dealer(server.address)
        early = decode_message(self.ask(peer, "list", request=0))
        self.assertEqual(early.body["code"], "unknown-session")
        peer = self.dealer(server.address)
        body = {"versions": [7], "service": "environments", "software": "future 2"}
        refused = decode_message(self.ask(peer, "hello", body, request=0)).body
        self.assertEqual((refused["code"], refused["versions"]), ("version", [1]))
        self.assertRegex(refused["message"], "future 2 speaks version 7 .* version 1")
        rng = np.random.default_rng(0)
        peer = self.dealer(server.address)
        self.hello(peer)
        for _ in range(500):
            peer.send_multipart([rng.bytes(rng.integers(0, 60)) for _ in range(rng.integers(1, 4))])
        self.assertEqual(understudy.list_environments(server.address), ["CartPole-v1"])

    def same(self, ours: Any, theirs: Any, path: str = "") -> None:
        """Compares infos: keys, masks, types, shapes, numbers."""
        if isinstance(theirs, dict):
            self.assertEqual(sorted(ours), sorted(theirs), path)
            for key, value in theirs.items():
                self.same(ours[key], value, f"{path}/{key}")
            return
        self.assertEqual(np.asarray(ours).dtype, np.asarray(theirs).dtype, path)
        np.testing.assert_array_equal(ours, theirs, path)

    def test_infos_of_steps_are_gymnasiums(self) -> None:
        server = self.start("Telling-v0", modules=("telling_env",))
        env, home = understudy.make("Telling-v0", server.address), gym.make("Telling-v0")
        self.addCleanup(env.close)
        actions = np.array([[0.5, 0], [-1, 0]], np.float32)
        self.same(env.reset(seed=3)[1], home.reset(seed=3)[1])
        for _ in range(3):
            self.same(env.step(actions[0])[4], home.step(actions[0])[4])
        self.assertEqual(env.metadata["render_fps"], 25)
        for mode in AutoresetMode:
            with self.subTest(mode):
                ours = understudy.make_vec(
                    "Telling-v0", server.address, num_envs=2, autoreset_mode=mode, step_infos=True
                )
                self.addCleanup(ours.close)
                theirs = gym.make_vec(
                    "Telling-v0", num_envs=2, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode}
                )
                ours.reset(seed=0)
                theirs.reset(seed=0)
                for _ in range(9):
                    *_, terminated, _, infos = ours.step(actions)
                    expected = theirs.step(actions)[-1]
                    last = [[list(each) if each is not None else None for each in told.pop("final_obs", [])]
                            for told in (infos, expected)]  # fmt: skip
                    self.assertEqual(*last)
                    self.same(infos, expected)
                    if mode == AutoresetMode.DISABLED and terminated.any():
                        for each in (ours, theirs):
                            each.reset(options={"reset_mask": terminated.copy()})
        silent = understudy.make_vec("Telling-v0", server.address, num_envs=2)
        self.addCleanup(silent.close)
        silent.reset(seed=0)
        self.assertEqual(silent.step(actions)[4], {})
        self.assertEqual(understudy.make("Telling-v0", server.address, step_infos=False).reset(seed=0)[1]["episodes"], 1)

    def test_pictures_are_there_where_the_environment_draws(self) -> None:
        server = self.start("Telling-v0", "CliffWalking-v1", modules=("telling_env",))
        env = understudy.make("Telling-v0", server.address, render_mode="rgb_array")
        self.addCleanup(env.close)
        env.reset(seed=0)
        self.assertEqual(env.render().shape, (2, 3, 3))
        with self.assertRaisesRegex(understudy.InputError, "draws in its own size"):
            env._session.request("render", "frame", {"index": 0, "width": 9})

    def test_limits_and_wrong_requests(self) -> None:
        server = self.start("CartPole-v1", "CliffWalking-v1", max_sessions=2, max_environments=5)
        with self.assertRaisesRegex(understudy.InputError, "does not offer the environment Hopper-v5"):
            understudy.make("Hopper-v5", server.address)
        with self.assertRaisesRegex(understudy.InputError, "can't be made with these options"):
            understudy.make("CartPole-v1", server.address, colour="green")
        with self.assertRaises(understudy.ProtocolError) as caught:
            understudy.make_vec("CartPole-v1", server.address, num_envs=6)
        self.assertEqual(caught.exception.code, "busy")
        env = understudy.make("CliffWalking-v1", server.address)
        self.addCleanup(env.close)
        self.assertEqual(env.observation_space, gym.spaces.Discrete(48))
        observation, info = env.reset(seed=0)
        self.assertEqual((observation, info["prob"]), (36, 1))
        with self.assertRaisesRegex(understudy.InputError, "is not one of Discrete"):
            env.step(4)
        with self.assertRaisesRegex(understudy.InputError, "Gymnasium has no environment Nowhere-v0"):
            PythonServer("Nowhere-v0")
        with self.assertRaisesRegex(understudy.InputError, "can't be bound"):
            PythonServer("CartPole-v1", address=server.address)
        with self.assertRaisesRegex(understudy.InputError, "needs CURVE keys"):
            PythonServer("CartPole-v1", address="tcp://0.0.0.0:*")

    def test_only_listed_keys_get_in(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            keys = Path(directory)
            write_pair(keys, "server")
            client = write_pair(keys, "client")
            server = PythonServer("CartPole-v1", keys=understudy.load_server_keys(keys))
            try:
                with self.assertRaisesRegex(understudy.InputError, "No server answered .* the server there needs keys"):
                    understudy.list_environments(server.address, connect_seconds=0.5)
                loaded = understudy.load_client_keys(keys)
                with self.assertRaisesRegex(understudy.InputError, "refuses this client's key: allow its public key"):
                    understudy.list_environments(server.address, keys=loaded, connect_seconds=0.5)
                wrong = loaded._replace(server_key=loaded.public_key)
                with self.assertRaisesRegex(understudy.InputError, "has another key than the one given"):
                    understudy.list_environments(server.address, keys=wrong, connect_seconds=0.5)
                lines = "\n".join(server.lines)
                self.assertRegex(lines, "Refused a peer from 127.0.0.1: its key is not on the allow")
                self.assertRegex(lines, "Refused a peer: it has no key, or that of another server")
                self.assertLess(len(server.lines), 6)
                (keys / "allowed").mkdir()
                (keys / "allowed" / "client.json").write_text(json.dumps(client))
                self.assertEqual(understudy.list_environments(server.address, keys=loaded), ["CartPole-v1"])
                env = understudy.make("CartPole-v1", server.address, keys=loaded)
                self.addCleanup(env.close)
                env.reset(seed=0)
                env.step(0)
            finally:
                server.stop()
            (keys / "client.secret.json").chmod(0o644)
            with self.assertRaisesRegex(understudy.InputError, "can be read by others"):
                understudy.load_client_keys(keys)
            with self.assertRaisesRegex(understudy.InputError, "There is no key file"):
                understudy.load_client_keys(keys, "nobody")

    def test_a_revoked_key_is_cut_off_and_the_others_go_on(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            keys = Path(directory)
            (keys / "allowed").mkdir()
            write_pair(keys, "server")
            for name in ("alice", "bob"):
                (keys / "allowed" / f"{name}.json").write_text(json.dumps(write_pair(keys, name)))
            server = PythonServer("CartPole-v1", keys=understudy.load_server_keys(keys))
            try:
                envs = {}
                for name, seconds in (("alice", 1), ("bob", 20)):
                    loaded = understudy.load_client_keys(keys, name)
                    envs[name] = understudy.make("CartPole-v1", server.address, keys=loaded, request_seconds=seconds)
                    self.addCleanup(envs[name].close)
                    envs[name].reset(seed=4)
                home = gym.make("CartPole-v1")
                home.reset(seed=4)
                np.testing.assert_allclose(envs["bob"].step(1)[0], home.step(1)[0], rtol=1e-6)
                (keys / "allowed" / "alice.json").unlink()
                deadline = time.monotonic() + 10
                while not any("revoked" in line for line in server.lines) and time.monotonic() < deadline:
                    time.sleep(0.02)
                with self.assertRaisesRegex(understudy.ServerTimeoutError, "refuses this client's key"):
                    envs["alice"].step(1)
                for _ in range(3):
                    np.testing.assert_allclose(envs["bob"].step(0)[0], home.step(0)[0], rtol=1e-6)
                self.assertEqual(sum("revoked" in line for line in server.lines), 1)
            finally:
                server.stop()


def write_pair(directory: Path, name: str) -> dict[str, object]:
    """Writes a pair as ``understudy keys create`` does; returns what the public file holds."""
    public_key, secret_key = (key.decode() for key in zmq.curve_keypair())
    shared = {"format": "understudy-curve-key", "version": 1, "name": name, "comment": ""}
    public = {**shared, "kind": "public", "publicKey": public_key}
    (directory / f"{name}.public.json").write_text(json.dumps(public))
    path = directory / f"{name}.secret.json"
    path.touch(0o600)
    path.write_text(json.dumps({**public, "kind": "secret", "secretKey": secret_key}))
    return public


class Command(unittest.TestCase):
    def test_wrong_inputs_end_in_a_sentence_and_status_2(self) -> None:
        code = "import sys; from understudy.serve.__main__ import main; sys.exit(main(['--env', 'Nowhere-v0']))"
        done = run_python(code)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^Gymnasium has no environment Nowhere-v0")
        self.assertNotIn("Traceback", done.stderr)

    def test_a_missing_dependency_is_named(self) -> None:
        for module, distribution in [("zmq", "pyzmq"), ("msgpack", "msgpack"), ("gymnasium", "gymnasium")]:
            hide = (
                "import importlib.util as u; find = u.find_spec\n"
                f"u.find_spec = lambda name, *rest: None if name == {module!r} else find(name, *rest)\n"
                "import understudy"
            )
            done = run_python(hide)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(f"run python -m pip install {distribution}", done.stderr)
        # Without the folders that packages are installed in, Python runs the command as a stranger to them would.
        command = [sys.executable, "-S", "-m", "understudy.serve", "--env", "CartPole-v1"]
        done = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SOURCES)}, timeout=60
        )
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"\AThe package understudy needs .*pyzmq.*: run python -m pip install .*\n\Z")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    unittest.main()
