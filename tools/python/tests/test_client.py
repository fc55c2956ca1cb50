"""Understudy's environments as Gymnasium sees them, over a real server."""

import time
import unittest
import warnings

import gymnasium as gym
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from support import NodeServer

import understudy

IDS = ["CartPole-v1", "HalfCheetah-v5", "FetchReach-v4", "PointMaze_UMaze-v3"]


class Client(unittest.TestCase):
    server: NodeServer

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = NodeServer(IDS, leaseSeconds=2)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()

    def make(self, id: str, **options: object) -> understudy.RemoteEnv:
        env = understudy.make(id, self.server.address, **options)
        self.addCleanup(env.close)
        return env

    def make_vec(self, id: str, **options: object) -> understudy.RemoteVectorEnv:
        envs = understudy.make_vec(id, self.server.address, **options)
        self.addCleanup(envs.close)
        return envs

    def test_the_checker_of_gymnasium_passes(self) -> None:
        self.assertEqual(understudy.list_environments(self.server.address), IDS)
        for id in IDS:
            with self.subTest(id), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check_env(self.make(id))

    def test_spaces_and_types(self) -> None:
        cheetah = self.make("HalfCheetah-v5")
        observation, info = cheetah.reset(seed=1)
        self.assertEqual((observation.dtype, observation.shape), (np.float64, (17,)))
        self.assertIn("x_position", info)
        self.assertEqual(cheetah.action_space, gym.spaces.Box(-1.0, 1.0, (6,), np.float32))
        fetch = self.make("FetchReach-v4")
        self.assertIsInstance(fetch.observation_space, gym.spaces.Dict)
        observation, _ = fetch.reset(seed=1)
        self.assertEqual(sorted(observation), ["achieved_goal", "desired_goal", "observation"])
        self.assertTrue(fetch.observation_space.contains(observation))

    def test_steps_tell_what_gymnasiums_do(self) -> None:
        cheetah = self.make("HalfCheetah-v5")
        cheetah.reset(seed=1)
        _, reward, _, _, info = cheetah.step(np.full(6, 0.5, np.float32))
        self.assertEqual(sorted(info), ["reward_ctrl", "reward_forward", "x_position", "x_velocity"])
        self.assertAlmostEqual(info["reward_forward"] + info["reward_ctrl"], reward)
        fetch = self.make("FetchReach-v4")
        fetch.reset(seed=1)
        self.assertEqual(fetch.step(fetch.action_space.sample())[4]["is_success"], 0)
        envs = self.make_vec("HalfCheetah-v5", num_envs=3, step_infos=True)
        envs.reset(seed=1)
        infos = envs.step(np.zeros((3, 6), np.float32))[4]
        self.assertEqual((infos["x_velocity"].shape, infos["_x_velocity"].tolist()), ((3,), [True] * 3))
        self.assertEqual(self.make("HalfCheetah-v5", step_infos=False).reset(seed=1)[1].keys(), cheetah.reset()[1].keys())

    def test_cart_pole_is_gymnasiums_step_by_step(self) -> None:
        ours, theirs = self.make("CartPole-v1"), gym.make("CartPole-v1")
        for seed in range(3):
            np.testing.assert_allclose(ours.reset(seed=seed)[0], theirs.reset(seed=seed)[0], rtol=0, atol=1e-7)
            ended = False
            while not ended:
                action = theirs.action_space.sample()
                a, b = ours.step(action), theirs.step(action)
                np.testing.assert_allclose(a[0], b[0], rtol=1e-5, atol=1e-6)
                self.assertEqual(a[1:4], b[1:4])
                ended = a[2] or a[3]
            with self.assertRaises(understudy.InputError):
                ours.step(0)

    def test_a_vector_is_its_parts(self) -> None:
        envs = self.make_vec("HalfCheetah-v5", num_envs=3)
        parts = [self.make("HalfCheetah-v5") for _ in range(3)]
        observations, infos = envs.reset(seed=5)
        self.assertTrue(envs.observation_space.contains(observations))
        self.assertEqual(infos["x_position"].shape, (3,))
        for i, part in enumerate(parts):
            np.testing.assert_array_equal(observations[i], part.reset(seed=5 + i)[0])
        envs.action_space.seed(0)
        for _ in range(20):
            actions = envs.action_space.sample()
            observations, rewards, terminated, truncated, _ = envs.step(actions)
            for i, part in enumerate(parts):
                observation, reward, *_ = part.step(actions[i])
                np.testing.assert_array_equal(observations[i], observation)
                self.assertEqual(rewards[i], reward)

    def test_autoreset_modes(self) -> None:
        modes = AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP, AutoresetMode.DISABLED
        for mode in modes:
            with self.subTest(mode):
                ours = self.make_vec("CartPole-v1", num_envs=4, autoreset_mode=mode)
                theirs = gym.make_vec(
                    "CartPole-v1", num_envs=4, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode}
                )
                ours.reset(seed=3)
                theirs.reset(seed=3)
                for _ in range(60):
                    _, rewards, terminated, truncated, infos = ours.step([1, 1, 0, 0])
                    _, *flags, theirs_infos = theirs.step(np.array([1, 1, 0, 0]))
                    for a, b in zip((rewards, terminated, truncated), flags, strict=True):
                        np.testing.assert_array_equal(a, b)
                    self.assertEqual("final_obs" in infos, "final_obs" in theirs_infos)
                    for i, last in enumerate(theirs_infos.get("final_obs", [])):
                        if last is not None:
                            np.testing.assert_allclose(infos["final_obs"][i], last, rtol=1e-5, atol=1e-6)
                    ended = terminated | truncated
                    if mode == AutoresetMode.DISABLED and ended.any():
                        for each in (ours, theirs):
                            each.reset(options={"reset_mask": ended.copy()})

    def test_dict_observations_are_batched(self) -> None:
        envs = self.make_vec("FetchReach-v4", num_envs=2)
        observations, _ = envs.reset(seed=0)
        self.assertTrue(envs.observation_space.contains(observations))
        observations, *_ = envs.step(envs.action_space.sample())
        self.assertTrue(envs.observation_space.contains(observations))

    def test_the_lease_is_kept_while_the_caller_thinks(self) -> None:
        env = self.make("CartPole-v1")
        env.reset(seed=0)
        time.sleep(3.5)
        env.step(0)

    def test_pictures(self) -> None:
        env = self.make("HalfCheetah-v5", render_mode="rgb_array")
        env.reset(seed=0)
        picture = env.render()
        self.assertEqual((picture.dtype, picture.ndim, picture.shape[2]), (np.uint8, 3, 3))

    def test_wrong_inputs_are_told_in_a_sentence(self) -> None:
        env = self.make("CartPole-v1")
        vec = self.make_vec("CartPole-v1", num_envs=2)
        vec.reset(seed=0)
        with self.assertRaisesRegex(understudy.InputError, "at tcp://127.0.0.1:9 within 0.3 s; nobody listens there"):
            understudy.make("CartPole-v1", "tcp://127.0.0.1:9", connect_seconds=0.3)
        with self.assertRaisesRegex(understudy.InputError, "expected tcp://HOST:PORT"):
            understudy.make("CartPole-v1", "localhost:5555")
        with self.assertRaisesRegex(understudy.InputError, "needs CURVE keys"):
            understudy.make("CartPole-v1", "tcp://192.0.2.1:5555")
        with self.assertRaisesRegex(understudy.InputError, "does not offer the environment CartPole-v2"):
            understudy.make("CartPole-v2", self.server.address)
        with self.assertRaisesRegex(understudy.InputError, "render mode 'human'"):
            understudy.make("CartPole-v1", self.server.address, render_mode="human")
        with self.assertRaisesRegex(understudy.InputError, "seed is a whole number"):
            env.reset(seed=-1)
        with self.assertRaisesRegex(understudy.InputError, r"Actions are int64 \[3\], expected .* shape \[2\]"):
            vec.step([0, 1, 0])
        env.reset(seed=0)
        with self.assertRaises((understudy.InputError, understudy.ProtocolError)):
            env.step(7)
        env.close()
        with self.assertRaisesRegex(understudy.InputError, "closed"):
            env.step(0)


class Lost(unittest.TestCase):
    def test_a_server_that_goes_away_is_told_in_bounded_time(self) -> None:
        server = NodeServer(["CartPole-v1"])
        env = understudy.make("CartPole-v1", server.address, request_seconds=1.0)
        self.addCleanup(env.close)
        env.reset(seed=0)
        server.process.kill()
        server.stop()
        with self.assertRaisesRegex(TimeoutError, "did not answer within 1 s"):
            env.step(0)


if __name__ == "__main__":
    unittest.main()
