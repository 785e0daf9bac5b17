"""Environments with which the tests of the C# half try the bridge; named as parent_environments:ID."""

import os
import stat
import sys
import time

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from gymnasium.envs.registration import register


class Scripted(gymnasium.Env):
    """Counts its steps; what it shows and when it ends is said by its arguments."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, observation="vector", length=10, fault="", at=3, start=0, render_mode=None):
        self._kind, self._length, self._fault, self._at = observation, length, fault, at
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(3, start=start)
        self.observation_space = self._space()
        self._episode = 0
        self._steps = 0
        self._seed = 0

    def _space(self):
        kinds = {
            "vector": lambda: spaces.Box(-1e6, 1e6, (3,), np.float32),
            "double": lambda: spaces.Box(np.array([-1.5, -np.inf]), np.array([1e6, np.inf]), (2,), np.float64),
            "integers": lambda: spaces.Box(-100, 100, (2, 2), np.int32),
            "rgb": lambda: spaces.Box(0, 255, (4, 5, 3), np.uint8),
            "gray": lambda: spaces.Box(0, 255, (4, 5), np.uint8),
            "planes": lambda: spaces.Box(0, 255, (2, 4, 5), np.uint8),
            "floats": lambda: spaces.Box(0.0, 1.0, (4, 5, 3), np.float32),
            "bits": lambda: spaces.Box(0, 1, (3, 3, 2), np.bool_),
            "discrete": lambda: spaces.Discrete(11, start=5),
            "dictionary": lambda: spaces.Dict({"a": spaces.Discrete(2)}),
        }
        return kinds[self._kind]()

    def _observe(self):
        space, step = self.observation_space, self._steps
        if self._kind == "vector":
            return np.array([self._seed % 1000, self._episode, step], dtype=np.float32)
        if self._kind == "double":
            return np.array([step / 4, -step], dtype=np.float64)
        if self._kind == "integers":
            return np.array([[step, -step], [2, 3]], dtype=np.int32)
        if self._kind == "floats":
            return (np.arange(60).reshape(space.shape) / 64).astype(np.float32)
        if self._kind == "bits":
            return (np.arange(18).reshape(space.shape) % 3 == step % 3)
        if self._kind == "discrete":
            return 5 + step % 11
        if self._kind == "dictionary":
            return {"a": 0}
        return (np.arange(np.prod(space.shape)).reshape(space.shape) + step).astype(np.uint8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._seed = self._seed if seed is None else seed
        self._episode += 1
        self._steps = 0
        if self._fault == "reset":
            raise RuntimeError("no reset today")
        return self._observe(), {}

    def step(self, action):
        self._steps += 1
        if self._steps == self._at:
            self._fail()
        return self._observe(), float(action), self._steps == self._length, False, {}

    def _fail(self):
        if self._fault == "raise":
            raise ValueError("the motor\nis on fire")
        if self._fault == "hang":
            time.sleep(1000)
        if self._fault == "exit":
            print("last words", file=sys.stderr, flush=True)
            os._exit(7)
        if self._fault == "print":
            print("a stray line", flush=True)
            os.write(1, b"and another\n")
        if self._fault == "garbage":
            for descriptor in range(3, 32):
                try:
                    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                        os.write(descriptor, b"\xff" * 64)
                except OSError:
                    pass

    def render(self):
        picture = np.zeros((6, 8, 3), dtype=np.uint8)
        picture[:, self._steps % 8] = (255, 128, 7)
        return picture


class CartPoleFrom(CartPoleEnv):
    """The cart-pole, always begun from one state."""

    def __init__(self, init_state, sutton_barto_reward=False, render_mode=None):
        super().__init__(sutton_barto_reward=sutton_barto_reward, render_mode=render_mode)
        self._init_state = init_state

    def reset(self, *, seed=None, options=None):
        _, info = super().reset(seed=seed)
        self.state = np.array(self._init_state, dtype=np.float64)
        return np.array(self._init_state, dtype=np.float32), info


register("Scripted-v0", "parent_environments:Scripted")
register("CartPoleFrom-v1", "parent_environments:CartPoleFrom", max_episode_steps=500)
register("CartPoleFrom-v0", "parent_environments:CartPoleFrom", max_episode_steps=200)
