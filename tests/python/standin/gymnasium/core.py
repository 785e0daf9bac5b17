"""Env and Wrapper."""

from gymnasium.release import IS_BEFORE_1_0
from gymnasium.utils import seeding


class Env:
    """An environment: reset and step, in the five-value form."""

    metadata = {"render_modes": []}
    render_mode = None
    spec = None

    _np_random = None

    def step(self, action):
        """(observation, reward, terminated, truncated, info) after one action."""
        raise NotImplementedError

    def reset(self, *, seed=None, options=None):
        """Seeds the random numbers where a seed is given."""
        if seed is not None:
            self._np_random, _ = seeding.np_random(seed)

    def render(self):
        """A picture, where render_mode says so."""
        raise NotImplementedError

    def close(self):
        """Nothing to close."""

    @property
    def np_random(self):
        """The generator, seeded by the system where nobody seeded it."""
        if self._np_random is None:
            self._np_random, _ = seeding.np_random()
        return self._np_random

    @np_random.setter
    def np_random(self, generator):
        self._np_random = generator

    @property
    def unwrapped(self):
        """This, below all wrappers."""
        return self

    def get_wrapper_attr(self, name):
        """An attribute of the wrappers or of the environment."""
        return getattr(self, name)


class Wrapper(Env):
    """An environment around another; what it does not have is the other's."""

    def __init__(self, env):
        assert isinstance(env, Env), f"Expected env to be a `gymnasium.Env`, actual: {type(env)}"
        self.env = env
        self._action_space = None
        self._observation_space = None

    def step(self, action):
        return self.env.step(action)

    def reset(self, *, seed=None, options=None):
        return self.env.reset(seed=seed, options=options)

    def render(self):
        return self.env.render()

    def close(self):
        return self.env.close()

    @property
    def action_space(self):
        """The wrapper's own, or the environment's."""
        return self.env.action_space if self._action_space is None else self._action_space

    @action_space.setter
    def action_space(self, space):
        self._action_space = space

    @property
    def observation_space(self):
        """The wrapper's own, or the environment's."""
        own = self._observation_space
        return self.env.observation_space if own is None else own

    @observation_space.setter
    def observation_space(self, space):
        self._observation_space = space

    @property
    def metadata(self):
        """The environment's."""
        return self.env.metadata

    @property
    def render_mode(self):
        """The environment's."""
        return self.env.render_mode

    @property
    def spec(self):
        """The environment's."""
        return self.env.spec

    @property
    def np_random(self):
        """The environment's."""
        return self.env.np_random

    @np_random.setter
    def np_random(self, generator):
        self.env.np_random = generator

    @property
    def unwrapped(self):
        """The environment below all wrappers."""
        return self.env.unwrapped

    def get_wrapper_attr(self, name):
        if name in self.__dict__ or hasattr(type(self), name):
            return getattr(self, name)
        return self.env.get_wrapper_attr(name)

    if IS_BEFORE_1_0:

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(f"accessing private attribute '{name}' is prohibited")
            return getattr(self.env, name)


class ObservationWrapper(Wrapper):
    """Changes observations."""

    def reset(self, *, seed=None, options=None):
        observation, info = self.env.reset(seed=seed, options=options)
        return self.observation(observation), info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self.observation(observation), reward, terminated, truncated, info

    def observation(self, observation):
        """The changed observation."""
        raise NotImplementedError


class RewardWrapper(Wrapper):
    """Changes rewards."""

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        return observation, self.reward(reward), terminated, truncated, info

    def reward(self, reward):
        """The changed reward."""
        raise NotImplementedError


class ActionWrapper(Wrapper):
    """Changes actions."""

    def step(self, action):
        return self.env.step(self.action(action))

    def action(self, action):
        """The changed action."""
        raise NotImplementedError
