"""As the real one where Box2D is not installed."""

from gymnasium.error import DependencyNotInstalled

raise DependencyNotInstalled(
    "Box2D is not installed, you can install it by run `pip install swig` followed by "
    '`pip install "gymnasium[box2d]"`'
)
