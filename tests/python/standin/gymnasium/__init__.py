"""A stand-in for Gymnasium in tests of the bridge. Not Gymnasium: see README.md beside it."""

from gymnasium.release import IS_BEFORE_1_0, __version__
from gymnasium import error, logger, spaces
from gymnasium.core import ActionWrapper, Env, ObservationWrapper, RewardWrapper, Wrapper
from gymnasium.spaces import Space
from gymnasium.envs.registration import make, register, registry, spec
from gymnasium import envs, utils, wrappers

__all__ = [
    "ActionWrapper",
    "Env",
    "ObservationWrapper",
    "RewardWrapper",
    "Space",
    "Wrapper",
    "__version__",
    "envs",
    "error",
    "logger",
    "make",
    "register",
    "registry",
    "spaces",
    "spec",
    "utils",
    "wrappers",
]

if not IS_BEFORE_1_0:
    from gymnasium.envs.registration import register_envs

    __all__.append("register_envs")
