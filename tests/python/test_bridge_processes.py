"""The child as a process: what it reads and prints, and that it ends whatever happens."""

import os
import signal
import subprocess
import sys
import time
import unittest

import bridge_client
from bridge_client import HEADER, STEP
from support import PATH, BridgeTestCase, test_environment

# A parent in the middle: starts a child, tells its id, and leaves it alone or in a long step.
PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
import bridge_client
child = bridge_client.Bridge(deadline=600.0)
child.hello(sys.argv[2], kwargs={"after": 2})
child.reset()
child.step([0])
if sys.argv[3] == "in-a-step":
    child.send(bridge_client.STEP, bytes(4))
print(child.process.pid, flush=True)
time.sleep(600)
"""


def is_alive(process_id):
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{process_id}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(process_id, seconds):
    """Whether a process of somebody else's has ended within so many seconds."""
    deadline = time.monotonic() + seconds
    while is_alive(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(process_id)


class OutputTests(BridgeTestCase):
    def test_nothing_that_is_printed_gets_between_the_frames(self):
        child = self.started(test_environment("Prints"), 2)
        child.reset()
        for step in range(3):
            self.assertEqual(step + 1, child.step([0, 0])[3][0][0])
        self.assertEqual(0, child.close())
        log = child.log()
        # Eight times each: two copies, one reset and three steps.
        for stray, times in [("print", 8), ("child", 8), ("write", 160)]:
            self.assertEqual(times, log.count(f"stray {stray}\n"), log)

    def test_standard_input_is_at_its_end(self):
        child = self.started(test_environment("Reads"))
        child.reset()
        for _ in range(3):
            seen = child.step([0])[3][0]
        self.assertEqual(0, seen[1])

    def test_an_exception_does_not_fill_the_log_too(self):
        child = self.started(test_environment("Raises"))
        child.reset()
        child.step([0])
        child.step([0])
        self.failure(child.step, [0])
        self.assertNotIn("Traceback", child.log())


class EndTests(BridgeTestCase):
    def test_a_polite_end(self):
        self.assertEqual(0, self.started("CartPole-v1").close())

    def test_the_end_of_the_pipe_ends_the_child(self):
        for part in (b"", b"\x04\0\0\0", HEADER.pack(4, STEP, 0, 1) + b"\0"):
            with self.subTest(part=part):
                child = self.started("CartPole-v1")
                child.write(part)
                child.process.stdin.close()
                self.assertEqual(0, child.process.wait(20))

    def test_the_end_of_the_pipe_before_hello(self):
        child = self.start()
        child.process.stdin.close()
        self.assertEqual(0, child.process.wait(20))

    def test_a_parent_that_reads_no_more(self):
        child = self.started("CartPole-v1")
        child.reset()
        child.process.stdout.close()
        child.send(STEP, bytes(4))
        self.assertEqual(1, child.process.wait(20))

    @unittest.skipIf(os.name == "nt", "signals are POSIX's")
    def test_an_interrupt_from_the_keyboard_is_the_parent_s(self):
        child = self.started("CartPole-v1")
        child.process.send_signal(signal.SIGINT)
        child.reset()
        self.assertEqual(0, child.close())

    def test_threads_of_an_environment_do_not_hold_the_child(self):
        child = self.started(test_environment("LeavesThread"))
        self.assertEqual(0, child.close())

    def assert_no_orphan(self, where):
        """A parent that is killed takes its child with it."""
        environment = dict(os.environ, PYTHONPATH=PATH)
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, bridge_client.HERE, test_environment("Hangs"), where],
            stdout=subprocess.PIPE,
            env=environment,
        )
        try:
            child = int(parent.stdout.readline())
            self.assertTrue(is_alive(child))
        finally:
            parent.kill()
            parent.wait()
            parent.stdout.close()
        self.assertTrue(wait_until_gone(child, 20.0), f"process {child} outlives its parent")

    @unittest.skipUnless(os.path.isdir("/proc/self"), "looks into /proc")
    def test_no_orphan_of_a_killed_parent(self):
        self.assert_no_orphan("between steps")

    @unittest.skipUnless(os.path.isdir("/proc/self"), "looks into /proc")
    def test_no_orphan_in_the_middle_of_a_long_step(self):
        self.assert_no_orphan("in-a-step")


if __name__ == "__main__":
    unittest.main()
