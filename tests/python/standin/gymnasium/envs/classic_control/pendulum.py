"""The pendulum: continuous actions."""

import math

import numpy as np

from gymnasium import Env, spaces


class PendulumEnv(Env):
    """A pendulum with a motor, to be held upright."""

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 30}

    def __init__(self, render_mode=None, g=10.0):
        self.render_mode = render_mode
        self.g = g
        high = np.array([1.0, 1.0, 8.0], dtype=np.float32)
        self.action_space = spaces.Box(low=-2.0, high=2.0, shape=(1,), dtype=np.float32)
        self.observation_space = spaces.Box(low=-high, high=high, dtype=np.float32)
        self.state = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        high = np.array([math.pi, 1.0])
        self.state = self.np_random.uniform(low=-high, high=high)
        return self._observation(), {}

    def step(self, action):
        theta, velocity = (float(value) for value in self.state)
        torque = float(np.clip(action, -2.0, 2.0)[0])
        angle = (theta + math.pi) % (2 * math.pi) - math.pi
        cost = angle**2 + 0.1 * velocity**2 + 0.001 * torque**2
        velocity += (3 * self.g / 2.0 * math.sin(theta) + 3.0 * torque) * 0.05
        velocity = min(max(velocity, -8.0), 8.0)
        self.state = np.array([theta + velocity * 0.05, velocity])
        return self._observation(), -cost, False, False, {}

    def _observation(self):
        theta, velocity = self.state
        return np.array([np.cos(theta), np.sin(theta), velocity], dtype=np.float32)
