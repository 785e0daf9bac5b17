"""The acrobot."""

import math

import numpy as np

from gymnasium import Env, spaces

GRAVITY = 9.8


class AcrobotEnv(Env):
    """Two links that swing; the joint between them has a motor."""

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 15}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(3)
        high = np.array([1, 1, 1, 1, 4 * math.pi, 9 * math.pi], dtype=np.float32)
        self.observation_space = spaces.Box(-high, high, dtype=np.float32)
        self.state = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(low=-0.1, high=0.1, size=(4,)).astype(np.float32)
        return self._observation(), {}

    def step(self, action):
        assert self.state is not None, "Call reset before using AcrobotEnv object."
        torque = float(action - 1)
        theta1, theta2, velocity1, velocity2 = _runge_kutta([float(v) for v in self.state], torque)
        velocity1 = min(max(velocity1, -4 * math.pi), 4 * math.pi)
        velocity2 = min(max(velocity2, -9 * math.pi), 9 * math.pi)
        self.state = np.array([_wrapped(theta1), _wrapped(theta2), velocity1, velocity2])
        theta1, theta2 = float(self.state[0]), float(self.state[1])
        terminated = bool(-math.cos(theta1) - math.cos(theta2 + theta1) > 1.0)
        return self._observation(), 0.0 if terminated else -1.0, terminated, False, {}

    def _observation(self):
        theta1, theta2, velocity1, velocity2 = (float(value) for value in self.state)
        angles = [math.cos(theta1), math.sin(theta1), math.cos(theta2), math.sin(theta2)]
        return np.array(angles + [velocity1, velocity2], dtype=np.float32)


def _wrapped(angle):
    while angle > math.pi:
        angle = angle - 2 * math.pi
    while angle < -math.pi:
        angle = angle + 2 * math.pi
    return angle


def _derivative(state, torque):
    t1, t2, dt1, dt2 = state
    d1 = 0.25 + (1.0 + 0.25 + 2 * 0.5 * math.cos(t2)) + 1.0 + 1.0
    d2 = 0.25 + 0.5 * math.cos(t2) + 1.0
    phi2 = 0.5 * GRAVITY * math.cos(t1 + t2 - math.pi / 2.0)
    phi1 = -0.5 * math.pow(dt2, 2) * math.sin(t2)
    phi1 = phi1 - 2 * 0.5 * dt2 * dt1 * math.sin(t2)
    phi1 = phi1 + 1.5 * GRAVITY * math.cos(t1 - math.pi / 2) + phi2
    ddt2 = (torque + d2 / d1 * phi1 - 0.5 * math.pow(dt1, 2) * math.sin(t2) - phi2) / (
        0.25 + 1.0 - math.pow(d2, 2) / d1
    )
    ddt1 = -(d2 * ddt2 + phi1) / d1
    return dt1, dt2, ddt1, ddt2


def _runge_kutta(y, torque):
    dt = 0.2
    half = dt / 2.0
    k1 = _derivative(y, torque)
    k2 = _derivative([a + half * k for a, k in zip(y, k1)], torque)
    k3 = _derivative([a + half * k for a, k in zip(y, k2)], torque)
    k4 = _derivative([a + dt * k for a, k in zip(y, k3)], torque)
    return [
        a + dt / 6.0 * (b + 2 * c + 2 * d + e) for a, b, c, d, e in zip(y, k1, k2, k3, k4)
    ]
