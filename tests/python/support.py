"""What the tests of the bridge share."""

import contextlib
import gzip
import json
import os
import sys
import unittest

import bridge_client

IS_REAL = bridge_client.has_real_gymnasium()
if not IS_REAL:
    sys.path.insert(0, bridge_client.STANDIN)
sys.path.insert(0, bridge_client.ENVIRONMENTS)

PATH = bridge_client.search_path(with_standin=not IS_REAL)
TRACES = os.environ.get("DQN_TRACES") or os.path.normpath(
    os.path.join(bridge_client.HERE, "../Environments.Tests/traces")
)
ENVIRONMENTS = "dqnakka_test_environments:"

only_standin = unittest.skipIf(IS_REAL, "the real Gymnasium is here, and this is of the stand-in")


def bridge(*folders, **variables):
    """A child that finds the tests' environments and Gymnasium, or first what is in the folders."""
    path = os.pathsep.join([*folders, PATH])
    return bridge_client.Bridge(PYTHONPATH=path, **variables)


def test_environment(name):
    """The id of an environment of dqnakka_test_environments."""
    return f"{ENVIRONMENTS}{name}-v0"


def traces(name):
    """The recorded episodes of one file."""
    with gzip.open(os.path.join(TRACES, f"{name}.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class BridgeTestCase(unittest.TestCase):
    """Starts children that end with the test, and reads their ERRORs."""

    maxDiff = None

    def setUp(self):
        self._stack = contextlib.ExitStack()
        self.addCleanup(self._stack.close)

    def start(self, *folders, **variables):
        """A child that ends with the test."""
        return self._stack.enter_context(bridge(*folders, **variables))

    def started(self, env_id, copies=1, **hello):
        """A child that has made its environments."""
        child = self.start()
        child.hello(env_id, copies, **hello)
        return child

    def failure(self, call, *arguments, **named):
        """The ERROR that a call is answered by: its message is one line."""
        with self.assertRaises(bridge_client.BridgeFailure) as caught:
            call(*arguments, **named)
        self.assertNotIn("\n", caught.exception.message)
        return caught.exception

    def assert_error(self, kind, *parts, failure):
        """An ERROR of this kind whose message has these parts."""
        self.assertEqual(kind, failure.kind, failure.message)
        for part in parts:
            self.assertIn(part, failure.message)

    def refused(self, kind, *parts, env_id="CartPole-v1", folders=(), variables=None, **hello):
        """HELLO is answered by an ERROR of this kind with these parts, and the child ends with 1."""
        child = self.start(*folders, **(variables or {}))
        failure = self.failure(child.hello, env_id, **hello)
        self.assert_error(kind, *parts, failure=failure)
        self.assertEqual(1, child.process.wait())
        return failure
