"""A stand-in for shimmy: what registered Atari before Gymnasium 1.0. See README.md beside it."""

import gymnasium
from gymnasium.envs.registration import register

if gymnasium.release.IS_BEFORE_1_0:
    register(
        "ALE/Pong-v5", "ale_py.game:AtariEnv", kwargs={"repeat_action_probability": 0.25}
    )
    register("PongNoFrameskip-v4", "ale_py.game:AtariEnv", kwargs={"frameskip": 1})
