"""A stand-in for ale-py: a game that looks like Pong to the bridge. See README.md beside it."""

import gymnasium
from ale_py.game import AtariEnv

# Real ale-py registers here for Gymnasium 1.0 and newer; before, shimmy does.
if gymnasium.__version__.split(".", maxsplit=1)[0] != "0":
    gymnasium.register("ALE/Pong-v5", AtariEnv, kwargs={"repeat_action_probability": 0.25})
    gymnasium.register("PongNoFrameskip-v4", AtariEnv, kwargs={"frameskip": 1})
