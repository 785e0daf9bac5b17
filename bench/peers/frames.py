"""Environments of 84 x 84 frames that cost nothing to make: what is left is what carries them."""

import gymnasium
import numpy as np
from gymnasium import spaces


class Frames(gymnasium.Env):
    """Shows the same frame again and again; an episode has 1000 steps."""

    metadata = {"render_modes": []}

    def __init__(self, channels, render_mode=None):
        self.render_mode = render_mode
        self.observation_space = spaces.Box(0, 255, (84, 84, channels), np.uint8)
        self.action_space = spaces.Discrete(4)
        self._frame = np.arange(84 * 84 * channels).reshape(84, 84, channels).astype(np.uint8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self._frame, {}

    def step(self, action):
        return self._frame, 0.0, False, False, {}


for count in (1, 4):
    gymnasium.register(
        f"Frames{count}-v0", Frames, max_episode_steps=1000, kwargs={"channels": count}
    )
