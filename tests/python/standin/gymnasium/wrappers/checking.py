"""The checks that make puts around every environment."""

import numpy as np

from gymnasium import error, logger, spaces
from gymnasium.core import Wrapper


class OrderEnforcing(Wrapper):
    """Refuses step and render before reset."""

    def __init__(self, env):
        super().__init__(env)
        self._has_reset = False

    def step(self, action):
        if not self._has_reset:
            raise error.ResetNeeded("Cannot call env.step() before calling env.reset()")
        return self.env.step(action)

    def reset(self, *, seed=None, options=None):
        self._has_reset = True
        return self.env.reset(seed=seed, options=options)

    def render(self):
        if not self._has_reset:
            raise error.ResetNeeded("Cannot call `env.render()` before calling `env.reset()`")
        return self.env.render()


class PassiveEnvChecker(Wrapper):
    """Looks at the spaces, at the first reset, the first step and the first picture."""

    def __init__(self, env):
        super().__init__(env)
        for name in ("action", "observation"):
            assert hasattr(env, f"{name}_space"), f"The environment must specify an {name} space."
            space = getattr(env, f"{name}_space")
            if not isinstance(space, spaces.Space):
                raise TypeError(
                    f"{name} space does not inherit from `gymnasium.spaces.Space`, "
                    f"actual type: {type(space)}"
                )
        self._checked = set()

    def _is_first(self, what):
        is_first = what not in self._checked
        self._checked.add(what)
        return is_first

    def reset(self, *, seed=None, options=None):
        is_first = self._is_first("reset")
        result = self.env.reset(seed=seed, options=options)
        if is_first:
            if not isinstance(result, tuple) or len(result) != 2:
                logger.warn("The result returned by `env.reset()` should be `(obs, info)`")
            else:
                self._check_observation(result[0], "reset")
                assert isinstance(result[1], dict), "The info of `env.reset()` was not a dictionary"
        return result

    def step(self, action):
        is_first = self._is_first("step")
        result = self.env.step(action)
        if is_first:
            self._check_step(result)
        return result

    def _check_step(self, result):
        assert isinstance(result, tuple), (
            f"Expects step result to be a tuple, actual type: {type(result)}"
        )
        if len(result) == 4:
            logger.deprecation("Core environment is written in old step API")
        elif len(result) != 5:
            raise error.Error(
                "Expected `Env.step` to return a four or five element tuple, actual number of "
                f"elements returned: {len(result)}."
            )
        self._check_observation(result[0], "step")
        reward = result[1]
        if not np.issubdtype(type(reward), np.integer) and not np.issubdtype(type(reward), np.floating):
            logger.warn(f"The reward returned by `step()` must be a number, actual: {type(reward)}")
        elif np.isnan(reward):
            logger.warn("The reward is a NaN value.")
        assert isinstance(result[-1], dict), "The `info` returned by `step()` must be a dictionary"

    def _check_observation(self, observation, method):
        if observation not in self.env.observation_space:
            logger.warn(
                f"The obs returned by the `{method}()` method is not within the observation space."
            )

    def render(self):
        if self._is_first("render") and "render_fps" not in self.env.metadata:
            logger.warn("No render fps was declared in the environment")
        return self.env.render()
