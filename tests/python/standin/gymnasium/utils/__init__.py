"""What environments use: seeding."""

from gymnasium.utils import seeding


class EzPickle:
    """Remembers constructor arguments in the real package; nothing here."""

    def __init__(self, *args, **kwargs):
        pass


__all__ = ["EzPickle", "seeding"]
