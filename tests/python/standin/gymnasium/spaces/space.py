"""What all spaces share."""

import numpy as np

from gymnasium.utils import seeding


class Space:
    """A set of values with a shape and a dtype."""

    def __init__(self, shape=None, dtype=None, seed=None):
        self._shape = None if shape is None else tuple(shape)
        self.dtype = None if dtype is None else np.dtype(dtype)
        self._np_random = None
        if seed is not None:
            self.seed(seed)

    @property
    def shape(self):
        """Cannot be changed."""
        return self._shape

    @property
    def np_random(self):
        """The generator that samples."""
        if self._np_random is None:
            self.seed()
        return self._np_random

    def seed(self, seed=None):
        """Seeds what samples."""
        self._np_random, used = seeding.np_random(seed)
        return used

    def contains(self, x):
        """Whether x is a member."""
        raise NotImplementedError

    def __contains__(self, x):
        return self.contains(x)
