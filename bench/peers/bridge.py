"""Steps copies of a Gymnasium environment in Python itself, with autoreset: vector steps a second.

usage: bridge.py [--seconds S] [ENVIRONMENT] [COPIES ...]    (CartPole-v1; 1 8 64)

What the bridge's child does for one vector step, without the bridge: plain gymnasium.make copies,
stepped one after another with random actions, a finished one reset in the same step, observations,
rewards and flags written into one array each. Prints a line for each number of copies: the copies,
vector steps/s, steps of one copy/s and microseconds for a vector step (the median of the repeats).
"""

import argparse
import statistics
import time

import gymnasium
import numpy as np

REPEATS = 5


class Copies:
    """The copies, and the arrays that a vector step fills."""

    def __init__(self, env_id, count):
        self._environments = [gymnasium.make(env_id) for _ in range(count)]
        space = self._environments[0].observation_space
        self._actions_in_space = int(self._environments[0].action_space.n)
        self._observations = np.zeros((count,) + space.shape, space.dtype)
        self._finals = np.zeros_like(self._observations)
        self._rewards = np.zeros(count)
        self._terminated = np.zeros(count, np.bool_)
        self._truncated = np.zeros(count, np.bool_)
        self._random = np.random.default_rng(1)
        for copy, environment in enumerate(self._environments):
            self._observations[copy], _ = environment.reset(seed=copy)

    def actions(self, steps):
        """Random actions for a number of vector steps, as Python's own numbers."""
        return self._random.integers(
            0, self._actions_in_space, (steps, len(self._environments))
        ).tolist()

    def step(self, actions):
        """One vector step."""
        for copy, environment in enumerate(self._environments):
            observation, reward, terminated, truncated, _ = environment.step(actions[copy])
            self._rewards[copy] = reward
            self._terminated[copy] = terminated
            self._truncated[copy] = truncated
            if terminated or truncated:
                self._finals[copy] = observation
                observation, _ = environment.reset()
            self._observations[copy] = observation

    def close(self):
        """Closes the copies."""
        for environment in self._environments:
            environment.close()


def rate(copies, seconds):
    """Vector steps a second over about so many seconds."""
    actions = copies.actions(256)
    steps, start, now = 0, time.perf_counter(), 0.0
    while now < seconds:
        for chosen in actions:
            copies.step(chosen)
        steps += len(actions)
        now = time.perf_counter() - start
    return steps / now


def main():
    """Measures each number of copies."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("environment", nargs="?", default="CartPole-v1")
    parser.add_argument("copies", nargs="*", type=int, default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=0.5, help="length of each of 5 repeats")
    options = parser.parse_args()
    print(f"gymnasium {gymnasium.__version__}, numpy {np.__version__}, {options.environment}")
    for count in options.copies:
        copies = Copies(options.environment, count)
        rate(copies, options.seconds / 4)
        median = statistics.median(rate(copies, options.seconds) for _ in range(REPEATS))
        print(f"{count} {median:.1f} {median * count:.1f} {1e6 / median:.2f}", flush=True)
        copies.close()


if __name__ == "__main__":
    main()
