"""Arrays of choices, of bits, and text."""

import string

import numpy as np

from gymnasium.spaces.space import Space


class MultiDiscrete(Space):
    """Arrays whose component i is one of 0 .. nvec[i] - 1."""

    def __init__(self, nvec, dtype=np.int64, seed=None):
        self.nvec = np.array(nvec, dtype=dtype)
        assert (self.nvec > 0).all(), "nvec (counts) have to be positive"
        super().__init__(self.nvec.shape, dtype, seed)

    def contains(self, x):
        return bool(
            isinstance(x, np.ndarray)
            and x.shape == self.shape
            and x.dtype != object
            and np.all(x >= 0)
            and np.all(x < self.nvec)
        )

    def sample(self):
        """A uniform member."""
        return (self.np_random.random(self.nvec.shape) * self.nvec).astype(self.dtype)


class MultiBinary(Space):
    """Arrays of zeros and ones."""

    def __init__(self, n, seed=None):
        super().__init__((n,) if isinstance(n, (int, np.integer)) else n, np.int8, seed)
        self.n = n

    def contains(self, x):
        return bool(isinstance(x, np.ndarray) and x.shape == self.shape and np.all((x == 0) | (x == 1)))

    def sample(self):
        """A uniform member."""
        return self.np_random.integers(0, 2, self.shape, dtype=self.dtype)


class Text(Space):
    """Strings up to a length."""

    def __init__(self, max_length, seed=None):
        super().__init__(None, str, seed)
        self.max_length = max_length

    def contains(self, x):
        return isinstance(x, str) and 1 <= len(x) <= self.max_length

    def sample(self):
        """Some letters."""
        return "".join(self.np_random.choice(list(string.ascii_letters), self.max_length))
