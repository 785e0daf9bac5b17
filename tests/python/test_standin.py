"""The stand-in is as strict as Gymnasium, and its environments are the recorded ones."""

import unittest
import warnings

import numpy as np

from support import only_standin, traces

import gymnasium  # noqa: E402  (the stand-in, where support had to put it on the path)
from gymnasium import error, spaces


class Tape:
    """Recorded uniform numbers in place of a generator."""

    def __init__(self):
        self.draws = []

    def random(self):
        return self.draws.pop(0)


@only_standin
class TraceTests(unittest.TestCase):
    def assert_replayed(self, name):
        """Every recorded episode of a file, to the last bit."""
        for line, episode in enumerate(traces(name)):
            environment = gymnasium.make(episode["env"], **episode["kwargs"])
            environment.reset(seed=1)
            environment.unwrapped.state = np.array(episode["init_state"])
            with self.subTest(line=line):
                for t, action in enumerate(episode["actions"]):
                    observation, reward, terminated, truncated, _ = environment.step(action)
                    seen = (list(environment.unwrapped.state), observation.tolist())
                    expected = (episode["state"][t], np.float32(episode["obs"][t]).tolist())
                    self.assertEqual(expected, seen, t)
                    self.assertEqual(episode["reward"][t], reward)
                    self.assertIs(episode["terminated"][t], terminated)
                    self.assertIs(episode["truncated"][t], truncated)

    def test_cartpole(self):
        self.assert_replayed("cartpole")

    def test_mountain_car(self):
        self.assert_replayed("mountaincar")

    def test_acrobot(self):
        self.assert_replayed("acrobot")

    def test_frozen_lake(self):
        episodes = [e for e in traces("tabular_episodes") if e["env"].startswith("FrozenLake")]
        self.assertTrue(episodes)
        for line, episode in enumerate(episodes):
            environment = gymnasium.make(episode["env"], **episode["kwargs"])
            tape = Tape()
            environment.unwrapped.np_random = tape
            tape.draws = list(episode["reset_draws"])
            with self.subTest(line=line, kwargs=episode["kwargs"]):
                self.assertEqual(episode["init_obs"], environment.reset()[0])
                for t, action in enumerate(episode["actions"]):
                    draws = episode["draws"][t]
                    tape.draws = draws if isinstance(draws, list) else [draws]
                    observation, reward, terminated, truncated, _ = environment.step(action)
                    self.assertEqual(episode["obs"][t], observation)
                    self.assertEqual(episode["reward"][t], reward)
                    self.assertEqual(episode["terminated"][t], terminated)
                    self.assertEqual(episode["truncated"][t], truncated)

    def test_a_seed_gives_what_gymnasium_s_documentation_shows(self):
        environment = gymnasium.make("CartPole-v1")
        expected = np.array([0.01823519, -0.0446179, -0.02796401, -0.03156282], np.float32)
        np.testing.assert_allclose(environment.reset(seed=123)[0], expected, atol=1e-8)


class StrictnessTests(unittest.TestCase):
    """Holds for the real package too, where it is here."""

    def test_step_and_render_before_reset(self):
        environment = gymnasium.make("CartPole-v1", render_mode="rgb_array")
        self.assertRaises(error.ResetNeeded, environment.step, 0)
        self.assertRaises(error.ResetNeeded, environment.render)

    def test_an_action_outside_the_space(self):
        environment = gymnasium.make("CartPole-v1")
        environment.reset(seed=1)
        for action in (2, -1, 0.5, "0"):
            self.assertRaises(AssertionError, environment.step, action)

    def test_unknown_ids(self):
        for env_id, kind in [
            ("CartPol-v1", error.NameNotFound),
            ("CartPole-v9", error.VersionNotFound),
            ("LunarLander-v1", error.DeprecatedEnv),
            ("Farm/Cow-v0", error.NamespaceNotFound),
            ("what is this", error.Error),
        ]:
            self.assertRaises(kind, gymnasium.make, env_id)

    def test_unknown_kwargs(self):
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'gravity'"):
            gymnasium.make("CartPole-v1", gravity=3)

    def test_seeds(self):
        environment = gymnasium.make("CartPole-v1")
        self.assertRaises(error.Error, environment.reset, seed=-1)
        first = environment.reset(seed=5)[0]
        self.assertFalse(np.array_equal(first, environment.reset()[0]))
        np.testing.assert_array_equal(first, environment.reset(seed=5)[0])

    def test_a_time_limit_counts_from_the_reset(self):
        environment = gymnasium.make("MountainCar-v0", max_episode_steps=2)
        for _ in range(2):
            environment.reset(seed=1)
            self.assertEqual([False, True, True], [environment.step(1)[3] for _ in range(3)])
        self.assertRaises(AssertionError, gymnasium.make, "MountainCar-v0", max_episode_steps=0)

    def test_members_of_spaces(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            box = spaces.Box(-1.0, 1.0, (2,), np.float32)
            self.assertIn(np.zeros(2, np.float32), box)
            self.assertNotIn(np.zeros(2), box)
            self.assertNotIn(np.zeros(3, np.float32), box)
            self.assertNotIn(np.array([0, np.nan], np.float32), box)
            self.assertNotIn(np.array([0, 1.5], np.float32), box)
        discrete = spaces.Discrete(3, start=2)
        self.assertTrue(all(x in discrete for x in (2, 4, np.int64(3), np.array(3))))
        self.assertTrue(all(x not in discrete for x in (1, 5, 2.0, "2", np.array([3]))))
        compound = spaces.Dict({"b": discrete, "a": box})
        self.assertEqual(["a", "b"], list(compound.keys()))
        self.assertIn({"a": np.zeros(2, np.float32), "b": 2}, compound)
        self.assertNotIn({"a": np.zeros(2, np.float32)}, compound)
        self.assertEqual((5,), spaces.utils.flatten_space(compound).shape)

    def test_a_step_that_is_no_tuple_of_five(self):
        class Short(gymnasium.Env):
            observation_space = action_space = spaces.Discrete(2)

            def reset(self, *, seed=None, options=None):
                return 0, {}

            def step(self, action):
                return 0, 0.0, False

        gymnasium.register("Short-v0", Short)
        environment = gymnasium.make("Short-v0")
        environment.reset()
        self.assertRaises(error.Error, environment.step, 0)


if __name__ == "__main__":
    unittest.main()
