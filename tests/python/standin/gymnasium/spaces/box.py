"""Arrays within bounds."""

import numpy as np

from gymnasium import logger
from gymnasium.spaces.space import Space


class Box(Space):
    """Arrays of one shape and dtype, every component within its bounds."""

    def __init__(self, low, high, shape=None, dtype=np.float32, seed=None):
        assert dtype is not None, "Box dtype must be explicitly provided, cannot be None."
        if shape is not None:
            shape = tuple(int(size) for size in shape)
        elif isinstance(low, np.ndarray):
            shape = low.shape
        elif isinstance(high, np.ndarray):
            shape = high.shape
        else:
            shape = (1,)
        super().__init__(shape, dtype, seed)
        self.low = np.broadcast_to(np.asarray(low), shape).astype(self.dtype)
        self.high = np.broadcast_to(np.asarray(high), shape).astype(self.dtype)
        self.bounded_below = -np.inf < self.low
        self.bounded_above = np.inf > self.high
        assert self.low.shape == shape and self.high.shape == shape

    def contains(self, x):
        if not isinstance(x, np.ndarray):
            logger.warn("Casting input x to numpy array.")
            try:
                x = np.asarray(x, dtype=self.dtype)
            except (ValueError, TypeError):
                return False
        return bool(
            np.can_cast(x.dtype, self.dtype)
            and x.shape == self.shape
            and np.all(x >= self.low)
            and np.all(x <= self.high)
        )

    def sample(self):
        """A uniform member; unbounded components are normal."""
        below, above = self.bounded_below, self.bounded_above
        sample = self.np_random.normal(size=self.shape)
        low = np.where(below & above, self.low, 0.0)
        high = np.where(below & above, self.high, 1.0)
        if self.dtype.kind in "ui":
            high = high.astype("int64") + 1
        sample = np.where(below & above, self.np_random.uniform(low, high, self.shape), sample)
        return np.floor(sample).astype(self.dtype) if self.dtype.kind in "ui" else sample.astype(self.dtype)

    def __repr__(self):
        return f"Box({self.low.min()}, {self.high.max()}, {self.shape}, {self.dtype})"

    def __eq__(self, other):
        return (
            isinstance(other, Box)
            and self.shape == other.shape
            and self.dtype == other.dtype
            and np.array_equal(self.low, other.low)
            and np.array_equal(self.high, other.high)
        )
