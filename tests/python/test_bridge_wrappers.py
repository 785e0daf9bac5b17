"""Every wrapper against values computed by hand, and what does not fit it."""

import unittest

import numpy as np

from support import BridgeTestCase, test_environment

import gymnasium  # noqa: E402  (the stand-in, where support had to put it on the path)

PONG = "ALE/Pong-v5"
# The stand-in's game is fixed by its frames; the real one's screens are not known here.
IS_GAME_KNOWN = hasattr(gymnasium, "release")
only_known_game = unittest.skipUnless(IS_GAME_KNOWN, "this is of the stand-in's game")
STILL = {"repeat_action_probability": 0.0}
LAST_LIFE_FRAME = 40


class WrapperTests(BridgeTestCase):
    def wrapped(self, name, *wrappers, copies=1, **hello):
        """A child with wrappers around an environment of the tests, or around an id."""
        env_id = name if "/" in name or "-" in name else test_environment(name)
        return self.started(env_id, copies, wrappers=wrappers, **hello)


class ActionTests(WrapperTests):
    def test_discretize_action_has_the_centres_of_the_bins(self):
        child = self.wrapped("Arm", ("DiscretizeAction", {"bins": 4}))
        self.assertEqual({"type": "Discrete", "n": 16, "start": 0}, child.ready["action"])
        child.reset()
        first = [-0.75, -0.25, 0.25, 0.75]
        second = [0.5, 1.5, 2.5, 3.5]
        for action in range(16):
            seen = child.step([action])[3][0].tolist()
            self.assertEqual([first[action // 4], second[action % 4]], seen)

    def test_discretize_action_with_bins_for_each_component(self):
        child = self.wrapped("Arm", ("DiscretizeAction", {"bins": [1, 2]}))
        self.assertEqual(2, child.ready["action"]["n"])
        child.reset()
        self.assertEqual([[0.0, 1.0], [0.0, 3.0]], [child.step([i])[3][0].tolist() for i in (0, 1)])

    def test_discretize_action_of_the_pendulum(self):
        child = self.wrapped("Pendulum-v1", ("DiscretizeAction", {"bins": 5}))
        environment = gymnasium.make("Pendulum-v1")
        environment.reset(seed=3)
        child.reset([3])
        for action, torque in enumerate([-1.6, -0.8, 0.0, 0.8, 1.6]):
            expected = environment.step(np.array([torque], np.float32))
            rewards, _, _, observations, _ = child.step([action])
            np.testing.assert_array_equal(expected[0], observations[0])
            self.assertAlmostEqual(float(expected[1]), rewards[0], places=6)

    def test_discretize_action_gives_what_gymnasium_s_documentation_shows(self):
        child = self.wrapped("Pendulum-v1", ("DiscretizeAction", {"bins": 10}))
        child.reset([42])
        expected = np.array([-0.17606162, 0.9843792, 0.5292768], np.float32)
        np.testing.assert_allclose(child.step([3])[3][0], expected, rtol=1e-6)

    def test_sticky_action_gives_what_gymnasium_s_documentation_shows(self):
        child = self.wrapped("CartPole-v1", ("StickyAction", {"repeat_action_probability": 0.9}))
        expected = np.array([0.01823519, -0.0446179, -0.02796401, -0.03156282], np.float32)
        np.testing.assert_allclose(child.reset([123])[0], expected, atol=1e-8)
        child.step([1])
        # The chosen 0 is not taken.
        expected = np.array([0.0203607, 0.34641072, -0.03525399, -0.6344974], np.float32)
        np.testing.assert_allclose(child.step([0])[3][0], expected, rtol=2e-6)

    def test_sticky_action_repeats_by_the_environment_s_own_numbers(self):
        child = self.wrapped("Counter", ("StickyAction", {"repeat_action_probability": 0.5}))
        child.reset([4])
        random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(4)))
        random.integers(0, 100)
        newest, repeats = None, 0
        for step in range(40):
            wanted = step % 3
            if newest is not None and random.uniform() < 0.5:
                wanted, repeats = newest, repeats + 1
            newest = wanted
            # The environment's reward is the action that reached it.
            self.assertEqual(wanted, child.step([step % 3])[0][0])
        self.assertGreater(repeats, 8)

    def test_sticky_action_begins_anew_with_an_episode(self):
        child = self.wrapped("EndsByAction", ("StickyAction", {"repeat_action_probability": 0.99}))
        child.reset([1])
        for action in (1, 2, 3):
            # The step ends the episode; the first action of the next is the chosen one again.
            self.assertEqual(action, child.step([action])[0][0])


class RewardTests(WrapperTests):
    def test_clip_reward(self):
        for kwargs, expected in [
            ({}, [0.0, 1.0, 1.0]),
            ({"max_reward": 1.5}, [0.0, 1.0, 1.5]),
            ({"min_reward": 0.5, "max_reward": None}, [0.5, 1.0, 2.0]),
        ]:
            with self.subTest(kwargs=kwargs):
                child = self.wrapped("Counter", ("ClipReward", kwargs))
                child.reset()
                self.assertEqual(expected, [child.step([a])[0][0] for a in (0, 1, 2)])


class ObservationTests(WrapperTests):
    def test_flatten_observation(self):
        for space, expected in [
            # The keys in order: door (one-hot), place.
            ("dict", [0, 1, 0, 0.25, 0.5, -0.25, -0.5]),
            ("tuple", [0, 1, 1, 0, 1]),
            ("choices", [0, 1, 0, 0, 1]),
        ]:
            with self.subTest(space=space):
                child = self.wrapped("Compound", "FlattenObservation", kwargs={"space": space})
                self.assertEqual(expected, child.reset()[0].tolist())

    def test_clip_observation(self):
        child = self.wrapped("OutOfRange", "ClipObservation")
        child.reset()
        self.assertEqual(100.0, [child.step([0])[3][0][1] for _ in range(3)][2])

    def test_clip_observation_does_not_hide_what_is_no_number(self):
        child = self.wrapped("NotANumber", "ClipObservation", kwargs={"after": 1})
        child.reset()
        self.assert_error("range", "nan", failure=self.failure(child.step, [0]))

    def test_grayscale_observation(self):
        child = self.wrapped("Picture", "GrayscaleObservation")
        self.assertEqual([4, 6], child.ready["observation"]["shape"])
        self.assertEqual("uint8", child.ready["observation"]["dtype"])
        child.reset()
        child.step([0])
        seen = child.step([0])[3][0]
        # Red 20 + row, green column, blue 2: 0.299 * 22 + 0.587 * 5 + 0.114 * 2 = 9.741.
        self.assertEqual(10, seen[2, 5])
        # 0.299 * 20 + 0.114 * 2 = 6.208.
        self.assertEqual(6, seen[0, 0])

    def test_resize_observation_by_whole_factors(self):
        child = self.wrapped("Picture", ("ResizeObservation", {"height": 2, "width": 3}))
        self.assertEqual([2, 3, 3], child.ready["observation"]["shape"])
        # Rows 0 and 1 have the mean 0.5, which is rounded up where both sides are halved.
        expected_red = [[1, 1, 1], [3, 3, 3]]
        seen = child.reset()[0]
        self.assertEqual(expected_red, seen[:, :, 0].tolist())
        self.assertEqual([[1, 3, 5]] * 2, seen[:, :, 1].tolist())

    def test_resize_observation_rounds_to_even_elsewhere(self):
        child = self.wrapped("Picture", ("ResizeObservation", {"height": 2, "width": 6}))
        self.assertEqual([[0] * 6, [2] * 6], child.reset()[0][:, :, 0].tolist())

    def test_resize_observation_by_shares(self):
        kwargs = {"height": 5, "width": 5}
        resize = ("ResizeObservation", {"height": 2, "width": 3})
        child = self.wrapped("Picture", resize, kwargs=kwargs)
        seen = child.reset()[0]
        # 2.5 rows each: (0 + 1 + 2 / 2) / 2.5 = 0.8 and (2 / 2 + 3 + 4) / 2.5 = 3.2.
        self.assertEqual([1, 3], seen[:, 0, 0].tolist())
        # 5 / 3 columns each: (0 + 1 * 2 / 3) * 3 / 5 = 0.4; (1 / 3 + 2 + 3 / 3) * 3 / 5 = 2; 3.6.
        self.assertEqual([0, 2, 4], seen[0, :, 1].tolist())

    def test_resize_observation_of_numbers_is_not_rounded(self):
        kwargs = {"dtype": "float32", "shape": [5, 5], "high": 1}
        resize = ("ResizeObservation", {"height": 3, "width": 2})
        child = self.wrapped("Wide", resize, kwargs=kwargs)
        child.reset()
        # The mean of ones is at most one, whatever the shares' rounding.
        np.testing.assert_allclose(child.step([0])[3][0], np.ones((3, 2)), rtol=1e-6)

    def test_add_render_observation(self):
        child = self.wrapped("Counter", "AddRenderObservation")
        self.assertEqual([2, 3, 3], child.ready["observation"]["shape"])
        child.reset()
        self.assertEqual([1, 7, 9], child.step([0])[3][0][0, 0].tolist())

    def test_max_and_skip_observation(self):
        child = self.wrapped("Counter", ("MaxAndSkipObservation", {"skip": 3}))
        child.reset([1])
        rewards, _, _, observations, _ = child.step([2])
        self.assertEqual((6.0, 3.0), (rewards[0], observations[0][0]))

    def test_max_and_skip_observation_takes_each_component_s_maximum(self):
        child = self.wrapped("Zigzag", ("MaxAndSkipObservation", {"skip": 3}))
        child.reset()
        # Frames (1, -1), (-2, 2), (3, -3): the maximum of the last two.
        self.assertEqual([3.0, 2.0], child.step([0])[3][0].tolist())

    def test_max_and_skip_observation_stops_at_an_end(self):
        for last, reward, final in [(1, 1.0, [1.0, -1.0]), (2, 2.0, [1.0, 2.0])]:
            with self.subTest(last=last):
                child = self.wrapped(
                    "Zigzag", ("MaxAndSkipObservation", {"skip": 3}), max_episode_steps=last
                )
                child.reset()
                rewards, terminated, truncated, observations, finals = child.step([1])
                self.assertEqual(reward, rewards[0])
                self.assertEqual((False, True), (terminated[0], truncated[0]))
                self.assertEqual(final, finals[0].tolist())
                self.assertEqual([0.0, 0.0], np.abs(observations[0]).tolist())

    def test_wrappers_apply_innermost_first(self):
        wrappers = ["GrayscaleObservation", ("ResizeObservation", {"height": 2, "width": 2})]
        child = self.wrapped("Picture", *wrappers)
        self.assertEqual([2, 2], child.ready["observation"]["shape"])
        names = ["GrayscaleObservation", "ResizeObservation"]
        self.assertEqual(names, child.ready["wrappers"])
        self.refused(
            "wrapper",
            "GrayscaleObservation does not fit",
            env_id=test_environment("Picture"),
            wrappers=wrappers[:1] * 2,
        )


@only_known_game
class AtariTests(WrapperTests):
    def atari(self, *wrappers, seed=1, env_id=PONG, **preprocessing):
        """The game with AtariPreprocessing innermost, reset."""
        calls = (("AtariPreprocessing", preprocessing),) + wrappers
        kwargs = STILL if env_id == PONG else {}
        child = self.wrapped(env_id, *calls, kwargs=kwargs)
        self.first = child.reset([seed])[0]
        return child

    @staticmethod
    def frames_of(picture):
        """The frame's number, which is the upper half of the screen (its first row is a slope)."""
        return int(picture[20, 20])

    def test_preprocessing_skips_looks_gray_and_takes_the_maximum(self):
        child = self.atari(noop_max=0)
        self.assertEqual("uint8", child.ready["observation"]["dtype"])
        self.assertEqual((84, 84), self.first.shape)
        self.assertEqual(0, self.frames_of(self.first))
        for step in range(1, 4):
            rewards, _, _, observations, _ = child.step([1])
            # FIRE starts the game at once, and every frame then gives 1.
            self.assertEqual(4.0, rewards[0])
            picture = observations[0]
            self.assertEqual(4 * step, self.frames_of(picture))
            # The lower half is drawn in odd frames only, and the newest frame is even.
            self.assertTrue((picture[42:] == 200).all())
            # The first pixel has 2.5 rows and 160 / 84 columns: one row of the slope, whose mean is
            # 0.905 / 1.905 = 0.475, and 1.5 rows of the frame's number.
            self.assertEqual(round((0.475 + 1.5 * 4 * step) / 2.5), picture[0, 0])

    def test_preprocessing_without_skip_has_no_maximum(self):
        child = self.atari(noop_max=0, frame_skip=1)
        child.step([1])
        picture = child.step([1])[3][0]
        self.assertEqual(2, self.frames_of(picture))
        self.assertTrue((picture[42:] == 0).all())

    def test_preprocessing_begins_by_no_operations(self):
        random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(6)))
        self.atari(noop_max=30, seed=6)
        self.assertEqual(int(random.integers(1, 31)), self.frames_of(self.first))

    def test_preprocessing_in_colour_and_another_size(self):
        child = self.atari(noop_max=0, grayscale_obs=False, screen_size=42)
        self.assertEqual([42, 42, 3], child.ready["observation"]["shape"])
        picture = child.step([2])[3][0]
        self.assertEqual([4, 20, 3], picture[5, 5].tolist())

    def test_preprocessing_shows_the_frame_that_ends_an_episode(self):
        calls = [("AtariPreprocessing", {"noop_max": 0})]
        child = self.wrapped(PONG, *calls, kwargs=STILL, max_episode_steps=6)
        child.reset()
        child.step([1])
        rewards, terminated, truncated, observations, finals = child.step([1])
        self.assertEqual((2.0, False, True), (rewards[0], terminated[0], truncated[0]))
        self.assertEqual(6, self.frames_of(finals[0]))
        self.assertEqual(0, self.frames_of(observations[0]))

    def test_a_lost_life_can_end_the_episode_inside_preprocessing(self):
        child = self.atari(noop_max=0, terminal_on_life_loss=True)
        for step in range(LAST_LIFE_FRAME // 4):
            rewards, terminated, _, observations, _ = child.step([1])
            self.assertEqual(step == LAST_LIFE_FRAME // 4 - 1, terminated[0])
        self.assertEqual(3 - 5, rewards[0])
        # As in Gymnasium, the game then begins anew.
        self.assertEqual(0, self.frames_of(observations[0]))

    def test_episodic_life_goes_on_with_the_game(self):
        child = self.atari("EpisodicLifeEnv", noop_max=0)
        ends = []
        for step in range(1, 40):
            _, terminated, _, observations, _ = child.step([1])
            if terminated[0]:
                ends.append((step, self.frames_of(observations[0])))
        # Lives end after 40 fired frames; each reset but the last is one no-op of 4 frames, and
        # after the third life the game is over and begins at frame 0.
        self.assertEqual([(10, 44), (20, 88), (30, 0)], ends)

    def test_episodic_life_obeys_a_seed(self):
        child = self.atari("EpisodicLifeEnv", noop_max=0)
        for _ in range(10):
            child.step([1])
        self.assertEqual(0, self.frames_of(child.reset([5])[0]))

    def test_fire_reset_presses_fire_and_the_action_after_it(self):
        child = self.atari("FireResetEnv", noop_max=0)
        self.assertEqual(8, self.frames_of(self.first))
        # Without a FIRE of its own the game is running.
        self.assertEqual(4.0, child.step([0])[0][0])

    def test_clip_reward_outside_of_the_skip(self):
        child = self.atari("FireResetEnv", "ClipReward", noop_max=0)
        self.assertEqual(1.0, child.step([2])[0][0])

    def test_sticky_actions_are_the_environment_s_default(self):
        child = self.wrapped(PONG, ("AtariPreprocessing", {"noop_max": 0, "grayscale_obs": False}))
        child.reset([3])
        seen = {int(child.step([a % 4])[3][0][5, 5, 1]) for a in range(40)}
        self.assertTrue(seen <= {0, 10, 20, 30}, seen)

    def test_frameskip_is_one_unless_it_is_given(self):
        self.atari(noop_max=0)
        self.atari(noop_max=0, env_id="ale_py:PongNoFrameskip-v4")
        self.atari(noop_max=0, env_id="PongNoFrameskip-v4")

    def test_a_range_of_frame_skips_and_gray_screens(self):
        child = self.started(PONG, kwargs={"frameskip": [2, 5], "obs_type": "grayscale"})
        self.assertEqual([210, 160], child.ready["observation"]["shape"])
        child.reset()
        child.step([0])
        child = self.started(
            PONG, kwargs={"obs_type": "grayscale"}, wrappers=[{"name": "AtariPreprocessing"}]
        )
        self.assertEqual([84, 84], child.ready["observation"]["shape"])
        self.refused(
            "wrapper",
            "AtariPreprocessing",
            "frameskip = 1",
            env_id=PONG,
            kwargs={"frameskip": 4},
            wrappers=["AtariPreprocessing"],
        )


class RefusalTests(WrapperTests):
    def assert_refused(self, name, wrapper, arguments, *parts, **hello):
        """The wrapper around the environment is refused by one line with these parts."""
        env_id = name if "-" in name else test_environment(name)
        calls = [(wrapper, arguments)]
        with self.subTest(wrapper=wrapper, arguments=arguments):
            parts = (*parts, "environment.wrappers")
            self.refused("wrapper", wrapper, *parts, env_id=env_id, wrappers=calls, **hello)

    def test_an_unknown_wrapper(self):
        self.assert_refused("Counter", "ClipRewards", {}, "did you mean ClipReward?")
        self.assert_refused("Counter", "Foo", {}, "FrameStackObservation")

    def test_arguments(self):
        self.assert_refused("Counter", "ClipReward", {"max": 1}, "no argument max", "max_reward")
        self.assert_refused("Counter", "ClipReward", {"max_reward": "big"}, '"big"')
        self.assert_refused("Counter", "ClipReward", {"min_reward": 2}, "2", "above")
        self.assert_refused("Counter", "StickyAction", {}, "repeat_action_probability=...")
        self.assert_refused("Counter", "StickyAction", {"repeat_action_probability": 1.5}, "1.5")
        self.assert_refused("Counter", "MaxAndSkipObservation", {"skip": 1}, "skip is 1", ">= 2")
        self.assert_refused("Counter", "MaxAndSkipObservation", {"skip": 2.5}, "skip is 2.5")
        self.assert_refused("Picture", "ResizeObservation", {"height": 9, "width": 2}, "shrunk")
        self.assert_refused("Counter", "ResizeObservation", {"height": 1, "width": 1}, "[2]")

    def test_discretize_action(self):
        self.assert_refused("Counter", "DiscretizeAction", {"bins": 3}, "Discrete, not a Box")
        self.assert_refused("Arm", "DiscretizeAction", {"bins": [1, 2, 3]}, "3 numbers", "2 comp")
        self.assert_refused("Arm", "DiscretizeAction", {"bins": 1}, "makes 1 actions")
        self.assert_refused("Arm", "DiscretizeAction", {"bins": 999}, "998001")
        self.assert_refused("Arm", "DiscretizeAction", {"bins": True}, "bins is true")

    def test_what_is_for_atari(self):
        for wrapper in ("AtariPreprocessing", "EpisodicLifeEnv", "FireResetEnv"):
            self.assert_refused("CartPole-v1", wrapper, {}, "Atari", "CartPole-v1")

    def test_what_is_for_images_and_boxes(self):
        self.assert_refused("Counter", "GrayscaleObservation", {}, "[2]")
        self.assert_refused("FrozenLake-v1", "ClipObservation", {}, "Discrete, not a Box")
        self.assert_refused("FrozenLake-v1", "MaxAndSkipObservation", {}, "Discrete, not a Box")

    def test_what_cannot_be_flattened(self):
        self.assert_refused("Compound", "FlattenObservation", {}, kwargs={"space": "text"})

    def test_what_cannot_be_rendered(self):
        self.assert_refused("NoPicture", "AddRenderObservation", {}, "rgb_array")


if __name__ == "__main__":
    unittest.main()
