"""Spaces made of spaces."""

from gymnasium.spaces.space import Space


class Dict(Space):
    """Dictionaries with a space for every key."""

    def __init__(self, spaces=None, seed=None, **more):
        # The real package sorts the keys of a plain dictionary, not those of an ordered one.
        given = dict(sorted(spaces.items())) if type(spaces) is dict else dict(spaces or {})
        given.update(more)
        for key, space in given.items():
            assert isinstance(space, Space), f"Dict space element is not an instance of Space: key='{key}'"
        self.spaces = given
        super().__init__(None, None, seed)

    def contains(self, x):
        return (
            isinstance(x, dict)
            and x.keys() == self.spaces.keys()
            and all(x[key] in space for key, space in self.spaces.items())
        )

    def sample(self):
        """A sample of every space."""
        return {key: space.sample() for key, space in self.spaces.items()}

    def __getitem__(self, key):
        return self.spaces[key]

    def keys(self):
        """The keys, in order."""
        return self.spaces.keys()

    def values(self):
        """The spaces, in order."""
        return self.spaces.values()

    def items(self):
        """Both."""
        return self.spaces.items()


class Tuple(Space):
    """Tuples with a space for every place."""

    def __init__(self, spaces, seed=None):
        self.spaces = tuple(spaces)
        assert all(isinstance(space, Space) for space in self.spaces), "Tuple spaces must be instances of Space"
        super().__init__(None, None, seed)

    def contains(self, x):
        return (
            isinstance(x, tuple)
            and len(x) == len(self.spaces)
            and all(part in space for part, space in zip(x, self.spaces))
        )

    def sample(self):
        """A sample of every space."""
        return tuple(space.sample() for space in self.spaces)
