"""The cart-pole."""

import math

import numpy as np

from gymnasium import Env, spaces


class CartPoleEnv(Env):
    """A pole on a cart, pushed left or right."""

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 50}

    def __init__(self, sutton_barto_reward=False, render_mode=None):
        self._sutton_barto_reward = sutton_barto_reward
        self.render_mode = render_mode
        self.theta_threshold_radians = 12 * 2 * math.pi / 360
        high = np.array([4.8, np.inf, self.theta_threshold_radians * 2, np.inf], dtype=np.float32)
        self.action_space = spaces.Discrete(2)
        self.observation_space = spaces.Box(-high, high, dtype=np.float32)
        self.state = None
        self._is_over = False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(low=-0.05, high=0.05, size=(4,))
        self._is_over = False
        return np.array(self.state, dtype=np.float32), {}

    def step(self, action):
        assert self.action_space.contains(action), f"{action!r} ({type(action)}) invalid"
        assert self.state is not None, "Call reset before using step method."
        x, x_dot, theta, theta_dot = (float(value) for value in self.state)
        force = 10.0 if action == 1 else -10.0
        cosine, sine = math.cos(theta), math.sin(theta)
        temp = (force + 0.05 * (theta_dot * theta_dot) * sine) / 1.1
        theta_acc = (9.8 * sine - cosine * temp) / (0.5 * (4.0 / 3.0 - 0.1 * (cosine * cosine) / 1.1))
        x_acc = temp - 0.05 * theta_acc * cosine / 1.1
        x, x_dot = x + 0.02 * x_dot, x_dot + 0.02 * x_acc
        theta, theta_dot = theta + 0.02 * theta_dot, theta_dot + 0.02 * theta_acc
        self.state = np.array((x, x_dot, theta, theta_dot), dtype=np.float64)
        limit = self.theta_threshold_radians
        terminated = bool(x < -2.4 or x > 2.4 or theta < -limit or theta > limit)
        if self._sutton_barto_reward:
            reward = -1.0 if terminated else 0.0
        else:
            reward = 0.0 if terminated and self._is_over else 1.0
        self._is_over = self._is_over or terminated
        return np.array(self.state, dtype=np.float32), reward, terminated, False, {}

    def render(self):
        """A dark cart at its place on a light track; much coarser than the real picture."""
        picture = np.full((40, 60, 3), 255, dtype=np.uint8)
        middle = int(np.clip(30 + self.state[0] * 12, 3, 56))
        picture[28:34, middle - 3 : middle + 4] = 0
        return picture
