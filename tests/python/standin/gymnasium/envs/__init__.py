"""The environments that are always there."""

from gymnasium.envs.registration import load_plugins, register

CLASSIC = "gymnasium.envs.classic_control"

register("CartPole-v0", f"{CLASSIC}.cartpole:CartPoleEnv", max_episode_steps=200, reward_threshold=195.0)
register("CartPole-v1", f"{CLASSIC}.cartpole:CartPoleEnv", max_episode_steps=500, reward_threshold=475.0)
register(
    "MountainCar-v0",
    f"{CLASSIC}.mountain_car:MountainCarEnv",
    max_episode_steps=200,
    reward_threshold=-110.0,
)
register("Acrobot-v1", f"{CLASSIC}.acrobot:AcrobotEnv", max_episode_steps=500, reward_threshold=-100.0)
register("Pendulum-v1", f"{CLASSIC}.pendulum:PendulumEnv", max_episode_steps=200)
register(
    "FrozenLake-v1",
    "gymnasium.envs.toy_text.frozen_lake:FrozenLakeEnv",
    kwargs={"map_name": "4x4"},
    max_episode_steps=100,
    reward_threshold=0.70,
)
register(
    "FrozenLake8x8-v1",
    "gymnasium.envs.toy_text.frozen_lake:FrozenLakeEnv",
    kwargs={"map_name": "8x8"},
    max_episode_steps=200,
    reward_threshold=0.85,
)
# Like the real one where Box2D is not installed.
register(
    "LunarLander-v3",
    "gymnasium.envs.box2d.lunar_lander:LunarLander",
    max_episode_steps=1000,
    reward_threshold=200,
)

load_plugins()
