"""The bridge's frames: right ones, wrong ones, and what else the two pipes see."""

import json
import struct
import unittest

import numpy as np

from bridge_client import CLOSE, HEADER, HELLO, RENDER, RESET, STEP
from support import BridgeTestCase, test_environment


class HandshakeTests(BridgeTestCase):
    def test_ready_says_what_was_made(self):
        ready = self.started("CartPole-v1", 3).ready
        self.assertEqual(1, ready["protocol"])
        self.assertEqual(np.__version__, ready["numpy"])
        self.assertEqual("Box", ready["observation"]["type"])
        self.assertEqual("float32", ready["observation"]["dtype"])
        self.assertEqual([4], ready["observation"]["shape"])
        low, high = ready["observation"]["low"], ready["observation"]["high"]
        self.assertEqual(float(np.float32(-4.8)), low[0])
        self.assertEqual(float(np.float32(24 * 2 * np.pi / 360)), high[2])
        self.assertEqual({"type": "Discrete", "n": 2, "start": 0}, ready["action"])
        self.assertEqual((500, 475.0), (ready["max_episode_steps"], ready["reward_threshold"]))
        self.assertIn("rgb_array", ready["render_modes"])
        self.assertEqual([], ready["wrappers"])

    def test_the_limit_asked_for_replaces_the_registered_one(self):
        child = self.started("CartPole-v1", max_episode_steps=3)
        self.assertEqual(3, child.ready["max_episode_steps"])
        child.reset([1])
        self.assertEqual([False, False, True], [bool(child.step([i % 2])[2][0]) for i in range(3)])

    def test_no_limit_and_no_threshold_are_null(self):
        ready = self.started(test_environment("Counter")).ready
        self.assertIsNone(ready["max_episode_steps"])
        self.assertIsNone(ready["reward_threshold"])
        self.assertEqual((-100.0, 100.0), (ready["observation"]["low"], ready["observation"]["high"]))

    def test_bounds_without_an_end_are_text(self):
        space = self.started(test_environment("Infinite")).ready["observation"]
        self.assertEqual(("-Infinity", "Infinity"), (space["low"], space["high"]))

    def test_a_hello_that_is_none_is_a_protocol_error(self):
        good = {"protocol": 1, "id": "CartPole-v1", "copies": 1}
        for wrong, part in [
            (b"{", "not JSON"),
            (b"\xff\xfe", "not JSON"),
            (b"[]", "not a JSON object"),
            (json.dumps({**good, "protocol": 2}).encode(), "version 2"),
            (json.dumps({**good, "copies": 0}).encode(), "copies is 0"),
            (json.dumps({**good, "id": 3}).encode(), "id"),
            (json.dumps({**good, "kwargs": []}).encode(), "kwargs"),
            (json.dumps({**good, "wrappers": ["ClipReward"]}).encode(), "wrapper"),
        ]:
            with self.subTest(part=part):
                child = self.start()
                child.send(HELLO, wrong)
                failure = self.failure(child.receive, 0)
                self.assert_error("protocol", part, failure=failure)
                self.assertEqual(1, child.process.wait())


class FrameTests(BridgeTestCase):
    def assert_protocol_error(self, child, *parts):
        """The child answers by a protocol error, and ends."""
        self.assert_error("protocol", *parts, failure=self.failure(child.receive, 0))
        self.assertEqual(1, child.process.wait())

    def test_another_first_frame_than_hello(self):
        child = self.start()
        child.send(STEP, bytes(4))
        self.assert_protocol_error(child, "HELLO")

    def test_a_hello_beyond_the_limit_is_refused_unread(self):
        child = self.start()
        child.sequence = 1
        child.write(HEADER.pack(0xFFFFFFFF, HELLO, 0, 1))
        self.assert_protocol_error(child, "4294967295", "1048576")

    def test_lengths_that_the_handshake_does_not_imply(self):
        for kind, length, due in [
            (STEP, 4, 8),
            (STEP, 0xFFFFFFFF, 8),
            (RESET, 17, 18),
            (RENDER, 0, 4),
            (CLOSE, 1, 0),
        ]:
            with self.subTest(kind=kind, length=length):
                child = self.started("CartPole-v1", 2)
                child.sequence = 9
                child.write(HEADER.pack(length, kind, 0, 9))
                self.assert_protocol_error(child, f"{length} bytes", str(due))

    def test_a_type_that_is_none(self):
        for kind in (0, HELLO, 6, 101, 65535):
            with self.subTest(kind=kind):
                child = self.started("CartPole-v1")
                child.send(kind)
                self.assert_protocol_error(child, str(kind))

    def test_a_header_without_its_zero(self):
        child = self.started("CartPole-v1")
        child.write(HEADER.pack(4, STEP, 7, 3))
        child.sequence = 3
        self.assert_protocol_error(child, "7")

    def test_garbage_ends_the_child_by_one_error(self):
        garbage = np.random.default_rng(5)
        for _ in range(4):
            child = self.started("CartPole-v1")
            data = garbage.bytes(64)
            child.write(data)
            child.sequence = HEADER.unpack_from(data)[3]
            self.assert_error("protocol", failure=self.failure(child.receive, 0))
            self.assertEqual(1, child.process.wait())

    def test_sequence_numbers_come_back_to_the_last_bit(self):
        child = self.started("CartPole-v1")
        child.sequence = 0xFFFFFFFE
        child.reset([1])
        self.assertEqual(0xFFFFFFFF, child.sequence)

    def test_frames_that_come_in_pieces_or_at_once(self):
        child = self.started("CartPole-v1")
        child.reset([1])
        one = HEADER.pack(4, STEP, 0, 77) + struct.pack("<i", 1)
        for byte in one:
            child.write(bytes([byte]))
        child.sequence = 77
        child.receive(103)
        child.write(one + one)
        child.receive(103)
        child.receive(103)

    def test_actions_outside_the_space(self):
        for action in (-1, 2, 2**31 - 1):
            with self.subTest(action=action):
                child = self.started("CartPole-v1", 2)
                child.reset()
                failure = self.failure(child.step, [0, action])
                self.assert_error("protocol", str(action), "copy 1", "0 .. 1", failure=failure)

    def test_a_step_before_the_first_reset_of_every_copy(self):
        child = self.started("CartPole-v1", 2)
        child.reset(mask=[1, 0])
        self.assert_error("protocol", "copy 1", failure=self.failure(child.step, [0, 0]))

    def test_a_picture_of_a_copy_that_is_not_there(self):
        child = self.started("CartPole-v1", 2, render_mode="rgb_array")
        child.reset()
        self.assert_error("protocol", "copy 2", failure=self.failure(child.render, 2))


class RenderTests(BridgeTestCase):
    def test_a_picture_of_one_copy(self):
        child = self.started(test_environment("Counter"), 2, render_mode="rgb_array")
        child.reset()
        child.step([0, 0])
        picture = child.render(1)
        self.assertEqual((2, 3, 3), picture.shape)
        self.assertEqual([1, 7, 9], picture[1, 2].tolist())

    def test_a_failed_picture_leaves_the_environments(self):
        child = self.started(test_environment("NoPicture"), render_mode="rgb_array")
        child.reset()
        for _ in range(2):
            failure = self.failure(child.render)
            self.assert_error("exception", "NoPicture", "rgb_array", failure=failure)
        self.assertEqual(1, child.step([0])[3][0][0])
        self.assertEqual(0, child.close())

    def test_an_environment_that_takes_no_render_mode(self):
        self.refused(
            "kwargs",
            "CannotRender",
            "render_mode",
            env_id=test_environment("CannotRender"),
            render_mode="rgb_array",
        )


if __name__ == "__main__":
    unittest.main()
