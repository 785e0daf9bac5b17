"""The limit on an episode's steps."""

from gymnasium.core import Wrapper


class TimeLimit(Wrapper):
    """Truncates an episode at its last allowed step, also where that step terminates it."""

    def __init__(self, env, max_episode_steps):
        assert isinstance(max_episode_steps, int) and max_episode_steps > 0, (
            "Expect the `max_episode_steps` to be a positive integer, "
            f"actually: {max_episode_steps}"
        )
        super().__init__(env)
        self._max_episode_steps = max_episode_steps
        self._elapsed_steps = None

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._elapsed_steps += 1
        if self._elapsed_steps >= self._max_episode_steps:
            truncated = True
        return observation, reward, terminated, truncated, info

    def reset(self, *, seed=None, options=None):
        self._elapsed_steps = 0
        return self.env.reset(seed=seed, options=options)
