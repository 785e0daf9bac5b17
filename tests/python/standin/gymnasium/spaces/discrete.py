"""Whole numbers start .. start + n - 1."""

import numpy as np

from gymnasium.release import IS_BEFORE_0_28
from gymnasium.spaces.space import Space


class Discrete(Space):
    """n whole numbers."""

    def __init__(self, n, seed=None, start=0):
        assert isinstance(n, (int, np.integer)), f"Expects `n` to be an integer, actual dtype: {type(n)}"
        assert n > 0, "n (counts) have to be positive"
        assert isinstance(start, (int, np.integer)), f"Expects `start` to be an integer, actual type: {type(start)}"
        number = int if IS_BEFORE_0_28 else np.int64
        self.n, self.start = number(n), number(start)
        super().__init__((), np.int64, seed)

    def contains(self, x):
        if isinstance(x, int):
            value = np.int64(x)
        elif isinstance(x, (np.generic, np.ndarray)) and np.issubdtype(x.dtype, np.integer) and x.shape == ():
            value = np.int64(x)
        else:
            return False
        return bool(self.start <= value < self.start + self.n)

    def sample(self):
        """A uniform member."""
        return self.start + self.np_random.integers(self.n)

    def __repr__(self):
        return f"Discrete({self.n})" if self.start == 0 else f"Discrete({self.n}, start={self.start})"

    def __eq__(self, other):
        return isinstance(other, Discrete) and (self.n, self.start) == (other.n, other.start)
