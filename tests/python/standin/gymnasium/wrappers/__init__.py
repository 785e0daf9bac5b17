"""The wrappers that make puts around every environment."""

from gymnasium.wrappers.checking import OrderEnforcing, PassiveEnvChecker
from gymnasium.wrappers.time_limit import TimeLimit

__all__ = ["OrderEnforcing", "PassiveEnvChecker", "TimeLimit"]
