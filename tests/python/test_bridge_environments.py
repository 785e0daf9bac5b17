"""What comes through the bridge is what Python itself sees; and every way in which it can fail."""

import os
import tempfile
import unittest

import numpy as np

import bridge_client
from support import ENVIRONMENTS, IS_REAL, BridgeTestCase, only_standin, test_environment, traces

import gymnasium  # noqa: E402  (the stand-in, where support had to put it on the path)


class PlainLoop:
    """Copies stepped in Python itself, finished ones reset in the same step."""

    def __init__(self, env_id, copies, **kwargs):
        self.environments = [gymnasium.make(env_id, **kwargs) for _ in range(copies)]

    def reset(self, seeds):
        return np.stack([e.reset(seed=s)[0] for e, s in zip(self.environments, seeds)])

    def step(self, actions):
        observations, rewards, terminated, truncated, finals = [], [], [], [], {}
        for copy, (environment, action) in enumerate(zip(self.environments, actions)):
            observation, reward, ended, cut, _ = environment.step(int(action))
            if ended or cut:
                finals[copy] = observation
                observation, _ = environment.reset()
            observations.append(observation)
            rewards.append(reward)
            terminated.append(ended)
            truncated.append(cut)
        return rewards, terminated, truncated, np.stack(observations), finals


class EqualityTests(BridgeTestCase):
    def assert_equal_runs(self, env_id, copies, steps, seed, **kwargs):
        """The bridge and the plain loop see the same for random actions, to the last bit."""
        child = self.started(env_id, copies, kwargs=kwargs)
        plain = PlainLoop(env_id, copies, **kwargs)
        seeds = [seed + copy for copy in range(copies)]
        np.testing.assert_array_equal(plain.reset(seeds), child.reset(seeds))
        random = np.random.default_rng(seed)
        ends = 0
        for _ in range(steps):
            actions = random.integers(0, child.ready["action"]["n"], copies).tolist()
            expected, seen = plain.step(actions), child.step(actions)
            self.assertEqual(list(expected[0]), seen[0].tolist())
            self.assertEqual(list(expected[1]), seen[1].tolist())
            self.assertEqual(list(expected[2]), seen[2].tolist())
            np.testing.assert_array_equal(expected[3], seen[3])
            self.assertEqual(expected[4].keys(), seen[4].keys())
            for copy, final in expected[4].items():
                np.testing.assert_array_equal(final, seen[4][copy])
            ends += len(seen[4])
        return ends

    def test_cartpole(self):
        # An odd number of copies puts the observations at an address that is a multiple of 2 only.
        self.assertGreater(self.assert_equal_runs("CartPole-v1", 7, 300, 10), 50)

    def test_mountain_car(self):
        self.assertEqual(4, self.assert_equal_runs("MountainCar-v0", 2, 420, 3))

    def test_acrobot(self):
        self.assert_equal_runs("Acrobot-v1", 1, 200, 4)

    def test_frozen_lake(self):
        self.assertGreater(self.assert_equal_runs("FrozenLake-v1", 5, 300, 5, map_name="8x8"), 5)

    def test_all_four_ends(self):
        # Action 0 goes on, 1 terminates, 2 truncates, 3 does both.
        env_id = test_environment("EndsByAction")
        self.assertGreater(self.assert_equal_runs(env_id, 4, 100, 6), 200)

    def test_one_copy(self):
        self.assert_equal_runs("CartPole-v1", 1, 100, 7)

    def test_many_copies(self):
        self.assert_equal_runs("CartPole-v1", 64, 40, 8)


class ResetTests(BridgeTestCase):
    def test_only_masked_copies_are_reset_and_the_others_repeat(self):
        child = self.started("CartPole-v1", 3)
        first = child.reset([1, 2, 3]).copy()
        newest = child.step([0, 1, 0])[3].copy()
        again = child.reset([5, 1, 5], mask=[0, 1, 0])
        np.testing.assert_array_equal(newest[[0, 2]], again[[0, 2]])
        np.testing.assert_array_equal(first[0], again[1])

    def test_without_a_seed_the_stream_goes_on(self):
        child = self.started("CartPole-v1", 1)
        child.reset([9])
        environment = gymnasium.make("CartPole-v1")
        environment.reset(seed=9)
        for _ in range(3):
            np.testing.assert_array_equal(environment.reset()[0], child.reset()[0])

    def test_without_autoreset_an_ended_copy_stays(self):
        child = self.started(test_environment("EndsByAction"), 2, autoreset=False)
        noise = child.reset([1, 2])[:, 1].tolist()
        _, terminated, truncated, observations, finals = child.step([1, 0])
        self.assertEqual(([True, False], [False, False]), (terminated.tolist(), truncated.tolist()))
        self.assertEqual([1.0, noise[0]], observations[0].tolist())
        self.assertEqual([1.0, noise[0]], finals[0].tolist())
        self.assertEqual([2.0, 2.0], child.step([0, 0])[3][:, 0].tolist())

    def test_all_copies_can_end_in_one_step(self):
        child = self.started(test_environment("EndsByAction"), 5)
        child.reset()
        _, _, _, observations, finals = child.step([1, 2, 3, 1, 2])
        self.assertEqual([0, 1, 2, 3, 4], list(finals))
        self.assertEqual([0.0] * 5, observations[:, 0].tolist())
        self.assertEqual([1.0] * 5, [finals[copy][0] for copy in range(5)])


class SpaceTests(BridgeTestCase):
    def test_every_dtype(self):
        for dtype, wire in [
            ("uint8", np.uint8),
            ("bool", np.bool_),
            ("float32", np.float32),
            ("float64", np.float32),
            ("float16", np.float32),
            ("int64", np.float32),
            ("int8", np.float32),
            ("uint16", np.float32),
        ]:
            for shape in ((2,), (3, 2, 2), ()):
                with self.subTest(dtype=dtype, shape=shape):
                    high = 1 if dtype == "bool" else 100
                    kwargs = {"dtype": dtype, "shape": shape, "high": high}
                    child = self.started(test_environment("Wide"), 3, kwargs=kwargs)
                    space = child.ready["observation"]
                    self.assertEqual((dtype, list(shape)), (space["dtype"], space["shape"]))
                    self.assertEqual((0, high), (space["low"], space["high"]))
                    self.assertEqual(np.dtype(wire), child.dtype)
                    child.reset()
                    self.assertTrue((child.step([0] * 3)[3] == 1).all())

    def test_integers_are_counted_from_the_start(self):
        child = self.started(test_environment("Shifted"), kwargs={"start": 7, "after": 99})
        self.assertEqual({"type": "Discrete", "n": 4, "start": 7}, child.ready["observation"])
        self.assertEqual({"type": "Discrete", "n": 3, "start": -1}, child.ready["action"])
        self.assertEqual([0], child.reset().tolist())
        # Action i of the wire is i - 1 in the space, which shows start + i.
        for action in (2, 0, 1):
            self.assertEqual([action], child.step([action])[3].tolist())

    def test_spaces_that_do_not_travel(self):
        for space, name, remedy in [
            ("dict", "Dict", '["FlattenObservation"]'),
            ("tuple", "Tuple", '["FlattenObservation"]'),
            ("choices", "MultiDiscrete", '["FlattenObservation"]'),
            ("text", "Text", "Box"),
        ]:
            with self.subTest(space=space):
                env_id = test_environment("Compound")
                self.refused("space", name, remedy, env_id, env_id=env_id, kwargs={"space": space})

    def test_continuous_actions_name_the_wrapper(self):
        self.refused("space", "Pendulum-v1", 'DiscretizeAction(bins=5)"]', env_id="Pendulum-v1")

    def test_actions_of_several_parts(self):
        self.refused("space", "MultiDiscrete", env_id=test_environment("Choices"))

    def test_a_shape_without_components(self):
        env_id = test_environment("Wide")
        self.refused("space", "[0, 3]", env_id=env_id, kwargs={"shape": [0, 3]})


class MisbehaviourTests(BridgeTestCase):
    def stepped(self, name, copies=2, steps=3, **kwargs):
        """The ERROR of the third step; the child ends with it."""
        child = self.started(test_environment(name), copies, kwargs=kwargs)
        child.reset([1] * copies)
        for _ in range(steps - 1):
            child.step([1] * copies)
        failure = self.failure(child.step, [1] * copies)
        self.assertIn(test_environment(name), failure.message)
        self.assertEqual(1, child.process.wait())
        return failure

    def test_an_exception_comes_with_its_traceback(self):
        failure = self.stepped("Raises")
        self.assert_error(
            "exception", "copy 0", "action 1", "ZeroDivisionError: integer", failure=failure
        )
        self.assertIn("self.steps // (self.steps - self.after)", failure.traceback)
        # The script has no file, its lines are seen all the same.
        self.assertIn('File "dqnakka_bridge.py"', failure.traceback)
        self.assertIn("answer = environment.step(actions[copy] + first)", failure.traceback)

    def test_an_exception_in_reset(self):
        child = self.started(test_environment("RaisesInReset"))
        child.reset([4])
        failure = self.failure(child.reset, [11])
        self.assert_error("exception", "reset with seed 11", "no second reset", failure=failure)
        self.assertEqual(1, child.process.wait())

    def test_an_exit_is_an_exception(self):
        self.assert_error("exception", "SystemExit: 3", failure=self.stepped("Exits"))

    def test_a_process_that_dies_is_the_end_of_its_pipe(self):
        child = self.started(test_environment("Dies"))
        child.reset()
        child.step([0])
        child.step([0])
        self.assertRaises(EOFError, child.step, [0])
        self.assertEqual(4, child.process.wait())

    def test_observations_outside_their_range(self):
        failure = self.stepped("OutOfRange")
        self.assert_error(
            "range", "150.0", "component 1", "copy 0", "[-100.0, 100.0]", failure=failure
        )

    def test_what_comes_with_gymnasium_is_warned_of_once_and_goes_on(self):
        child = self.started(test_environment("OwnOutOfRange"), 2)
        child.reset()
        for _ in range(3):
            seen = child.step([0, 0])[3]
        self.assertEqual([150.0, 150.0], [row[1] for row in seen])
        child.step([0, 0])
        self.assertEqual(0, child.close())
        log = child.log()
        self.assertEqual(1, log.count("warning: "), log)
        self.assertIn("gave 150.0 as component 1 of copy 0's observation, outside [-100.0", log)

    def test_no_number_is_an_error_wherever_it_comes_from(self):
        child = self.started(test_environment("OwnNotANumber"))
        child.reset()
        for _ in range(3):
            child.step([0])
        self.assert_error("range", "nan", "component 1", failure=self.failure(child.step, [0]))

    def test_an_interrupt_is_an_exception(self):
        failure = self.stepped("Interrupted")
        self.assert_error("exception", "KeyboardInterrupt", failure=failure)

    def test_answers_beyond_the_limit_are_refused(self):
        self.refused(
            "space",
            "64 copies",
            "runner.environments",
            env_id=test_environment("Wide"),
            copies=64,
            kwargs={"shape": [2100, 2000]},
        )

    def test_a_process_that_it_forked_does_not_hold_the_pipe(self):
        child = self.started(test_environment("DiesForked"))
        child.reset()
        child.step([0])
        child.step([0])
        self.assertRaises(EOFError, child.step, [0])
        self.assertEqual(4, child.process.wait())

    def test_only_the_copy_outside_is_named(self):
        child = self.started(test_environment("OutOfRange"), 3)
        child.reset()
        child.step([0, 0, 0])
        child.reset(mask=[1, 1, 0])
        child.step([0, 0, 0])
        self.assert_error("range", "copy 2", failure=self.failure(child.step, [0, 0, 0]))

    def test_final_observations_are_checked_too(self):
        env_id = test_environment("OutOfRange")
        child = self.started(env_id, 2, max_episode_steps=3)
        child.reset()
        child.step([0, 0])
        child.step([0, 0])
        self.assert_error("range", "copy 0", "150.0", failure=self.failure(child.step, [0, 0]))

    def test_what_is_no_number_does_not_travel(self):
        self.assert_error("range", "nan", "component 1", failure=self.stepped("NotANumber"))
        self.assert_error("range", "inf", "component 1", failure=self.stepped("Infinite"))

    def test_integers_outside_their_range(self):
        self.assert_error("range", "9", "5 .. 8", failure=self.stepped("Shifted"))

    def test_rewards_that_are_no_finite_numbers(self):
        for reward, shown in [("nan", "nan"), ("-inf", "-inf"), ("none", "None"), ("text", "lot")]:
            with self.subTest(reward=reward):
                failure = self.stepped("BadReward", reward=reward)
                self.assert_error("range", "copy 0", shown, failure=failure)

    def test_a_wrong_shape_and_a_wrong_dtype(self):
        self.assert_error("space", "[3]", "[2]", failure=self.stepped("WrongShape"))
        self.assert_error("space", "float32", "uint8", failure=self.stepped("WrongDtype"))

    def test_the_older_gym_s_answers(self):
        failure = self.stepped("FourValues", steps=1)
        self.assert_error("exception", "tuple of 4", "older gym", failure=failure)
        child = self.started(test_environment("OnlyObservation"))
        failure = self.failure(child.reset)
        self.assert_error("exception", "(observation, info)", "older gym", failure=failure)


class MakingTests(BridgeTestCase):
    def test_unknown_ids(self):
        for env_id, part in [
            ("CartPol-v1", "did you mean CartPole-v1?"),
            ("cartpole-v1", "did you mean CartPole-v1?"),
            ("CartPole-v7", "there is CartPole-v0, CartPole-v1"),
            ("LunarLander-v2", "there is LunarLander-v3"),
            ("Farm/Cow-v0", '"package:Farm/Cow-v0"'),
            ("what is this", "malformed"),
            (test_environment("Countre"), "did you mean Counter-v0?"),
        ]:
            with self.subTest(env_id=env_id):
                self.refused("unknown-id", env_id, part, env_id=env_id)

    def test_a_module_that_is_not_there(self):
        self.refused("dependency", "nosuch", "PYTHONPATH", env_id="nosuch:Foo-v0")

    def test_a_module_that_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "broken.py"), "w", encoding="utf-8") as file:
                file.write("1 / 0\n")
            failure = self.refused(
                "exception", "ZeroDivisionError", env_id="broken:A-v0", folders=[folder]
            )
            self.assertIn("1 / 0", failure.traceback)

    def test_a_module_that_needs_another(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "needy.py"), "w", encoding="utf-8") as file:
                file.write("import dqnakka_no_such_module\n")
            self.refused(
                "dependency",
                'pip install "dqnakka_no_such_module"',
                env_id="needy:A-v0",
                folders=[folder],
            )

    def test_an_environment_that_needs_a_package(self):
        self.refused(
            "dependency",
            'pip install "dqnakka_no_such_module"',
            env_id=test_environment("NeedsModule"),
        )

    @only_standin
    def test_an_extra_of_gymnasium(self):
        self.refused("dependency", 'pip install "gymnasium[box2d]"', env_id="LunarLander-v3")

    def test_kwargs_that_are_refused(self):
        env_id = test_environment("Counter")
        self.refused(
            "kwargs", "no argument aftr", "did you mean after?", env_id=env_id, kwargs={"aftr": 1}
        )
        self.refused("kwargs", "CartPole-v1", "no argument gravity", kwargs={"gravity": 9})
        self.refused("kwargs", "'name'", env_id=test_environment("NeedsName"))
        failure = self.refused(
            "kwargs",
            '{"size": 12}',
            "ValueError: size 12 is above 9",
            env_id=test_environment("Refuses"),
            kwargs={"size": 12},
        )
        self.assertIn("raise ValueError", failure.traceback)

    def test_kwargs_that_are_the_bridge_s_own(self):
        for name in ("autoreset", "max_episode_steps", "render_mode"):
            with self.subTest(name=name):
                self.refused("kwargs", name, "CartPole-v1", kwargs={name: True})

    def test_kwargs_reach_the_environment(self):
        child = self.started("CartPole-v1", kwargs={"sutton_barto_reward": True})
        child.reset()
        self.assertEqual(0.0, child.step([0])[0][0])

    def test_missing_and_broken_libraries(self):
        numpy_missing = "raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')\n"
        for name, text, kind, parts in [
            ("numpy", numpy_missing, "missing-numpy", ["pip install", '"numpy"']),
            (
                "gymnasium",
                numpy_missing.replace("numpy", "gymnasium"),
                "missing-gymnasium",
                ["pip install", '"gymnasium"'],
            ),
            (
                "gymnasium",
                "import dqnakka_no_such_module\n",
                "missing-gymnasium",
                ["dqnakka_no_such_module", "--upgrade"],
            ),
            (
                "gymnasium",
                "__version__ = '0.21.0'\n",
                "old-gymnasium",
                ["0.21.0", '"gymnasium>=0.26"'],
            ),
        ]:
            with self.subTest(kind=kind, text=text), tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as file:
                    file.write(text)
                self.refused(kind, *parts, folders=[folder])

    @only_standin
    def test_the_predecessor_does_not_stand_in(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "gym.py"), "w", encoding="utf-8") as file:
                file.write("\n")
            with bridge_client.Bridge(PYTHONPATH=folder) as child:
                failure = self.failure(child.hello, "CartPole-v1")
                self.assert_error("missing-gymnasium", "gym is there", failure=failure)


class TraceTests(BridgeTestCase):
    """Recorded episodes of the real Gymnasium come through the bridge, to the last bit of float32."""

    EPISODES = 6

    def assert_replayed(self, name, env_id):
        for episode in traces(name)[: self.EPISODES]:
            child = self.started(
                ENVIRONMENTS + env_id,
                kwargs=dict(episode["kwargs"], init_state=episode["init_state"]),
                autoreset=False,
                max_episode_steps=200 if episode["env"] == "CartPole-v0" else 0,
            )
            with child:
                first = child.reset([1])[0]
                np.testing.assert_array_equal(np.float32(episode["init_obs"]), first)
                for t, action in enumerate(episode["actions"]):
                    rewards, terminated, truncated, observations, _ = child.step([action])
                    np.testing.assert_array_equal(np.float32(episode["obs"][t]), observations[0])
                    self.assertEqual(episode["reward"][t], rewards[0])
                    self.assertEqual(episode["terminated"][t], terminated[0])
                    self.assertEqual(episode["truncated"][t], truncated[0])

    def test_cartpole(self):
        self.assert_replayed("cartpole", "CartPoleFrom-v1")

    def test_mountain_car(self):
        self.assert_replayed("mountaincar", "MountainCarFrom-v0")

    def test_acrobot(self):
        self.assert_replayed("acrobot", "AcrobotFrom-v1")


@only_standin
class VersionTests(BridgeTestCase):
    """The stand-in behaves like several versions, where they differ for the bridge."""

    VERSIONS = ("0.26.3", "0.27.1", "0.28.1", "0.29.1", "1.0.0", "1.2.3")

    def test_every_version_gives_the_same_episodes(self):
        seen = []
        for version in self.VERSIONS:
            child = self.start(GYMNASIUM_STANDIN_VERSION=version)
            ready = child.hello("CartPole-v1", 3, max_episode_steps=12)
            self.assertEqual(version, ready["gymnasium"])
            self.assertEqual(12, ready["max_episode_steps"])
            rows = [child.reset([1, 2, 3]).tobytes()]
            for t in range(40):
                rewards, terminated, truncated, observations, finals = child.step([t % 2, 1, 0])
                rows.append([a.tobytes() for a in (rewards, terminated, truncated, observations)])
                rows.append({copy: final.tobytes() for copy, final in finals.items()})
            seen.append(rows)
        self.assertTrue(all(rows == seen[0] for rows in seen))

    def test_every_version_has_atari(self):
        for version in self.VERSIONS:
            with self.subTest(version=version):
                child = self.start(GYMNASIUM_STANDIN_VERSION=version)
                child.hello("ALE/Pong-v5", wrappers=["AtariPreprocessing", "FireResetEnv"])
                self.assertEqual((84, 84), child.reset([1])[0].shape)

    def test_every_version_words_refusals_alike(self):
        for version in ("0.26.3", "0.29.1", "1.2.3"):
            with self.subTest(version=version):
                named = {"variables": {"GYMNASIUM_STANDIN_VERSION": version}}
                self.refused("unknown-id", "CartPole-v1?", env_id="CartPol-v1", **named)
                self.refused("kwargs", "no argument mass", kwargs={"mass": 1}, **named)
                needs_name = test_environment("NeedsName")
                self.refused("kwargs", "argument 'name': give", env_id=needs_name, **named)
                self.refused("space", "DiscretizeAction", env_id="Pendulum-v1", **named)

    def test_atari_that_is_not_installed_names_the_extra_of_the_version(self):
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(os.path.join(bridge_client.STANDIN, "gymnasium"), f"{folder}/gymnasium")
            for version, extra in [
                ("1.0.0", '"gymnasium[atari]"'),
                ("0.29.1", '"gymnasium[atari,accept-rom-license]"'),
            ]:
                child = bridge_client.Bridge(PYTHONPATH=folder, GYMNASIUM_STANDIN_VERSION=version)
                with child:
                    failure = self.failure(child.hello, "ALE/Pong-v5")
                    self.assert_error("dependency", extra, "ALE/Pong-v5", failure=failure)


if __name__ == "__main__":
    print("the real Gymnasium" if IS_REAL else "the stand-in")
    unittest.main()
