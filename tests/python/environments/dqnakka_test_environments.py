"""Environments for the bridge's tests, of the real Gymnasium or of the stand-in: good and bad ones.

Their ids begin with this module: "dqnakka_test_environments:Raises-v0".
"""

import os
import subprocess
import sys
import threading
import time

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.classic_control import AcrobotEnv, CartPoleEnv, MountainCarEnv


def starts_at(kind):
    """A classic-control environment whose episodes begin in the state given as init_state."""

    class StartsAt(kind):
        def __init__(self, init_state=None, **kwargs):
            super().__init__(**kwargs)
            self._init_state = init_state

        def reset(self, *, seed=None, options=None):
            observation, info = super().reset(seed=seed)
            if self._init_state is None:
                return observation, info
            self.state = np.array(self._init_state, dtype=np.float64)
            if kind is AcrobotEnv:
                return self._get_ob() if hasattr(self, "_get_ob") else self._observation(), info
            return self.state.astype(np.float32), info

    StartsAt.__name__ = kind.__name__
    return StartsAt


class Counter(gymnasium.Env):
    """Counts its steps; ends as it is told to. The base of all that misbehave."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, after=3, render_mode=None):
        self.render_mode = render_mode
        self.after = after
        self.observation_space = spaces.Box(-100.0, 100.0, (2,), np.float32)
        self.action_space = spaces.Discrete(3)
        self.steps = 0
        self.noise = 0.0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.noise = float(self.np_random.integers(0, 100))
        return self.observation(), {}

    def observation(self):
        """The count of steps and the episode's random number."""
        return np.array([self.steps, self.noise], np.float32)

    def step(self, action):
        self.steps += 1
        if self.steps == self.after:
            self.misbehave()
        return self.observation(), float(action), False, False, {"info": "is ignored"}

    def misbehave(self):
        """What goes wrong in the step with this number."""

    def render(self):
        """Two rows of three pixels, red for the count of steps."""
        return np.full((2, 3, 3), (self.steps, 7, 9), np.uint8)


class Ends(Counter):
    """Terminates and is truncated at the steps that are given (0: never)."""

    def __init__(self, terminated_at=0, truncated_at=0, render_mode=None):
        super().__init__(render_mode=render_mode)
        self._at = (terminated_at, truncated_at)

    def step(self, action):
        observation, reward, _, _, info = super().step(action)
        terminated, truncated = (self.steps == at for at in self._at)
        return observation, reward, terminated, truncated, info


class EndsByAction(Counter):
    """Action 0 goes on, 1 terminates, 2 truncates, 3 does both."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.action_space = spaces.Discrete(4)

    def step(self, action):
        observation, reward, _, _, info = super().step(action)
        return observation, reward, action in (1, 3), action in (2, 3), info


class Raises(Counter):
    """Divides by zero."""

    def misbehave(self):
        return self.steps // (self.steps - self.after)


class RaisesInReset(Counter):
    """The second reset fails."""

    resets = 0

    def reset(self, *, seed=None, options=None):
        self.resets += 1
        if self.resets == 2:
            raise RuntimeError("no second\nreset")
        return super().reset(seed=seed)


class Hangs(Counter):
    """Sleeps for ten minutes."""

    def misbehave(self):
        time.sleep(600)


class Exits(Counter):
    """Calls sys.exit."""

    def misbehave(self):
        sys.exit(3)


class Dies(Counter):
    """Ends the process at once."""

    def misbehave(self):
        os._exit(4)


class DiesForked(Counter):
    """Ends the process, but not one that it forked."""

    def misbehave(self):
        if os.fork() == 0:
            # The test waits for the end of the log, not for this one.
            os.closerange(0, 3)
            time.sleep(90)
        os._exit(4)


class Interrupted(Counter):
    """Raises what an interrupt from the keyboard raises."""

    def misbehave(self):
        raise KeyboardInterrupt


class Prints(Counter):
    """Writes to standard output in three ways, at every step and reset."""

    def reset(self, *, seed=None, options=None):
        self._print()
        return super().reset(seed=seed)

    def step(self, action):
        self._print()
        return super().step(action)

    @staticmethod
    def _print():
        print("stray print")
        os.write(1, b"stray write\n" * 20)
        subprocess.run([sys.executable, "-c", "print('stray child'); input"], check=True)


class Reads(Counter):
    """Reads standard input, which must be at its end."""

    def misbehave(self):
        self.noise = float(len(sys.stdin.read()))


class LeavesThread(Counter):
    """Starts a thread that would hold its process for ten minutes; fails to close."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode=render_mode)
        threading.Thread(target=time.sleep, args=(600,)).start()

    def close(self):
        raise RuntimeError("cannot be closed")


class OutOfRange(Counter):
    """Leaves its declared range."""

    def misbehave(self):
        self.noise = 150.0


class OwnOutOfRange(OutOfRange):
    """Leaves its range as environments do that come with gymnasium."""


OwnOutOfRange.__module__ = "gymnasium.envs.box2d.lunar_lander"


class OwnNotANumber(Counter):
    """Leaves its range, and then observes NaN."""

    def step(self, action):
        self.noise = [0.0, 0.0, 150.0, float("nan")][self.steps]
        return super().step(action)


OwnNotANumber.__module__ = "gymnasium.envs.box2d.lunar_lander"


class NotANumber(Counter):
    """Observes NaN."""

    def misbehave(self):
        self.noise = float("nan")


class Infinite(Counter):
    """Observes infinity in a space without bounds."""

    def __init__(self, after=3, render_mode=None):
        super().__init__(after, render_mode)
        self.observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float32)

    def misbehave(self):
        self.noise = float("inf")


class BadReward(Counter):
    """Its reward is what it is told to be."""

    def __init__(self, reward="nan", after=3, render_mode=None):
        super().__init__(after, render_mode)
        words = {"none": None, "text": "a lot"}
        self._reward = words[reward] if reward in words else float(reward)

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        if self.steps >= self.after:
            reward = self._reward
        return observation, reward, terminated, truncated, info


class WrongShape(Counter):
    """One component too many."""

    def observation(self):
        seen = super().observation()
        return seen if self.steps < self.after else np.append(seen, np.float32(1))


class WrongDtype(Counter):
    """Declares bytes and gives floats."""

    def __init__(self, after=3, render_mode=None):
        super().__init__(after, render_mode)
        self.observation_space = spaces.Box(0, 255, (2,), np.uint8)

    def observation(self):
        seen = super().observation()
        return seen.astype(np.uint8) if self.steps < self.after else seen


class FourValues(Counter):
    """Answers steps as the older gym did."""

    def step(self, action):
        return super().step(action)[:3] + ({},)


class OnlyObservation(Counter):
    """Answers resets as the older gym did, with one number too many to be taken apart by chance."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(3, np.float32)


class Wide(Counter):
    """Any dtype and shape: every component is the count of steps."""

    def __init__(self, dtype="float64", shape=(2,), high=100, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.observation_space = spaces.Box(0, high, tuple(shape), np.dtype(dtype))

    def observation(self):
        space = self.observation_space
        if space.shape == ():
            return space.dtype.type(self.steps)
        return np.full(space.shape, self.steps, space.dtype)


class Shifted(Counter):
    """Discrete observations and actions that do not start at 0; reset shows start."""

    def __init__(self, start=5, after=3, render_mode=None):
        super().__init__(after, render_mode)
        self._start = start
        self.observation_space = spaces.Discrete(4, start=start)
        self.action_space = spaces.Discrete(3, start=-1)
        self._seen = start

    def observation(self):
        return np.int64(self._seen) if self.steps else self._start

    def step(self, action):
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        self._seen = self._start + action + 1
        return super().step(action)

    def misbehave(self):
        self._seen = self._start + 4


class Compound(Counter):
    """Observations that are a Dict, a Tuple, choices, bits or text."""

    SPACES = {
        "dict": lambda: spaces.Dict(
            {"place": spaces.Box(-1.0, 1.0, (2, 2), np.float32), "door": spaces.Discrete(3, start=1)}
        ),
        "tuple": lambda: spaces.Tuple((spaces.Discrete(2), spaces.MultiBinary(3))),
        "choices": lambda: spaces.MultiDiscrete([2, 3]),
        "text": lambda: spaces.Text(5),
    }
    VALUES = {
        "dict": {"place": np.array([[0.25, 0.5], [-0.25, -0.5]], np.float32), "door": 2},
        "tuple": (1, np.array([1, 0, 1], np.int8)),
        "choices": np.array([1, 2]),
        "text": "abc",
    }

    def __init__(self, space="dict", render_mode=None):
        super().__init__(render_mode=render_mode)
        self._value = self.VALUES[space]
        self.observation_space = self.SPACES[space]()

    def observation(self):
        return self._value


class Arm(Counter):
    """Continuous actions; the observation is the newest action."""

    def __init__(self, low=(-1.0, 0.0), high=(1.0, 4.0), render_mode=None):
        super().__init__(render_mode=render_mode)
        self.action_space = spaces.Box(np.array(low, np.float32), np.array(high, np.float32))
        self._newest = np.zeros(len(low), np.float32)
        self.observation_space = spaces.Box(-100.0, 100.0, self._newest.shape, np.float32)

    def observation(self):
        return self._newest

    def step(self, action):
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        self._newest = action
        return super().step(0)


class Choices(Counter):
    """Actions of several parts."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.action_space = spaces.MultiDiscrete([2, 3])


class Picture(Counter):
    """A byte image, height x width x 3: (10 * steps + row, column, steps)."""

    def __init__(self, height=4, width=6, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.observation_space = spaces.Box(0, 255, (height, width, 3), np.uint8)

    def observation(self):
        height, width, _ = self.observation_space.shape
        image = np.empty((height, width, 3), np.uint8)
        image[:, :, 0] = 10 * self.steps + np.arange(height)[:, None]
        image[:, :, 1] = np.arange(width)
        image[:, :, 2] = self.steps
        return image


class Zigzag(Counter):
    """The count of steps and its negative, the signs swapped in every other step."""

    def observation(self):
        sign = 1 if self.steps % 2 else -1
        return np.array([sign * self.steps, -sign * self.steps], np.float32)


class NoPicture(Counter):
    """Its render gives nothing."""

    def render(self):
        return None


def refuses(size=1, render_mode=None):
    """A creator that refuses sizes above 9."""
    if size > 9:
        raise ValueError(f"size {size} is above 9")
    return Counter(render_mode=render_mode)


class NeedsName(Counter):
    """An argument that must be given."""

    def __init__(self, name, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.name = name


class NeedsModule(Counter):
    """Imports what is not there."""

    def __init__(self, render_mode=None):
        import dqnakka_no_such_module  # noqa: F401

        super().__init__(render_mode=render_mode)


class CannotRender(Counter):
    """Takes no render_mode."""

    metadata = {"render_modes": []}

    def __init__(self):
        super().__init__()


gymnasium.register("CartPoleFrom-v1", starts_at(CartPoleEnv), max_episode_steps=500)
gymnasium.register("MountainCarFrom-v0", starts_at(MountainCarEnv), max_episode_steps=200)
gymnasium.register("AcrobotFrom-v1", starts_at(AcrobotEnv), max_episode_steps=500)
gymnasium.register("Refuses-v0", refuses)
for environment in [
    Counter,
    Ends,
    EndsByAction,
    Raises,
    RaisesInReset,
    Hangs,
    Exits,
    Dies,
    Prints,
    Reads,
    LeavesThread,
    OutOfRange,
    NotANumber,
    Infinite,
    BadReward,
    DiesForked,
    Interrupted,
    OwnOutOfRange,
    OwnNotANumber,
    WrongShape,
    WrongDtype,
    FourValues,
    OnlyObservation,
    Wide,
    Shifted,
    Compound,
    Arm,
    Choices,
    Picture,
    Zigzag,
    NoPicture,
    NeedsName,
    NeedsModule,
    CannotRender,
]:
    gymnasium.register(f"{environment.__name__}-v0", environment)
