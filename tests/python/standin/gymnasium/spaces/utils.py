"""Flattening: any fixed-size value as one array, discrete parts one-hot."""

import numpy as np

from gymnasium.spaces.box import Box
from gymnasium.spaces.composite import Dict, Tuple
from gymnasium.spaces.discrete import Discrete
from gymnasium.spaces.multi import MultiBinary, MultiDiscrete


def _parts(space):
    return list(space.spaces.values()) if isinstance(space, Dict) else list(space.spaces)


def flatdim(space):
    """How many numbers a flattened value has."""
    if isinstance(space, (Dict, Tuple)):
        return sum(flatdim(part) for part in _parts(space))
    if isinstance(space, Discrete):
        return int(space.n)
    if isinstance(space, MultiDiscrete):
        return int(np.sum(space.nvec))
    if isinstance(space, (Box, MultiBinary)):
        return int(np.prod(space.shape))
    raise NotImplementedError(f"Unknown space: `{space}`")


def flatten_space(space):
    """The Box of the flattened values."""
    if isinstance(space, Box):
        return Box(space.low.flatten(), space.high.flatten(), dtype=space.dtype)
    if isinstance(space, (Discrete, MultiBinary, MultiDiscrete)):
        return Box(low=0, high=1, shape=(flatdim(space),), dtype=space.dtype)
    if isinstance(space, (Dict, Tuple)):
        boxes = [flatten_space(part) for part in _parts(space)]
        return Box(
            low=np.concatenate([box.low for box in boxes]),
            high=np.concatenate([box.high for box in boxes]),
            dtype=np.result_type(*[box.dtype for box in boxes]),
        )
    raise NotImplementedError(f"Unknown space: `{space}`")


def flatten(space, x):
    """A value as one array."""
    if isinstance(space, (Box, MultiBinary)):
        return np.asarray(x, dtype=space.dtype).flatten()
    if isinstance(space, Discrete):
        one_hot = np.zeros(space.n, dtype=space.dtype)
        one_hot[x - space.start] = 1
        return one_hot
    if isinstance(space, MultiDiscrete):
        offsets = np.concatenate([[0], np.cumsum(space.nvec.flatten())[:-1]])
        one_hot = np.zeros(flatdim(space), dtype=space.dtype)
        one_hot[offsets + np.asarray(x).flatten()] = 1
        return one_hot
    if isinstance(space, Tuple):
        return np.concatenate([flatten(part, value) for part, value in zip(space.spaces, x)])
    if isinstance(space, Dict):
        return np.concatenate([flatten(part, x[key]) for key, part in space.spaces.items()])
    raise NotImplementedError(f"Unknown space: `{space}`")


def unflatten(space, x):
    """The value of an array; Boxes and Discretes only."""
    if isinstance(space, Box):
        return np.asarray(x, dtype=space.dtype).reshape(space.shape)
    if isinstance(space, Discrete):
        return space.start + np.nonzero(x)[0][0]
    raise NotImplementedError(f"Unknown space: `{space}`")
