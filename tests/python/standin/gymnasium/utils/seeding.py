"""Generators of random numbers from seeds, equal to the real package's: numpy's PCG64."""

import numpy as np

from gymnasium import error


def np_random(seed=None):
    """(generator, seed); a seed is a natural number."""
    if seed is not None and not (isinstance(seed, int) and 0 <= seed):
        if isinstance(seed, int) is False:
            raise error.Error(f"Seed must be a python integer, actual type: {type(seed)}")
        raise error.Error(f"Seed must be greater or equal to zero, actual value: {seed}")
    sequence = np.random.SeedSequence(seed)
    return np.random.Generator(np.random.PCG64(sequence)), sequence.entropy


RNG = RandomNumberGenerator = np.random.Generator
