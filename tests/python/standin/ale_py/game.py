"""A game of three lives on a screen of 210 x 160, whose every pixel tells what happened."""

import numpy as np

from gymnasium import Env, error, spaces

MEANINGS = ["NOOP", "FIRE", "RIGHT", "LEFT"]
LIFE_FRAMES = 40


class Console:
    """What the bridge uses of the emulator: lives and screens."""

    def __init__(self):
        self.reset_game()

    def reset_game(self):
        """A new game, waiting for FIRE."""
        self.frames, self.left, self.is_fired, self.fired_frames, self.newest = 0, 3, False, 0, 0

    def act(self, action):
        """One frame; the reward."""
        self.frames += 1
        self.newest = action
        self.is_fired = self.is_fired or action == 1
        if not self.is_fired:
            return 0
        self.fired_frames += 1
        if self.fired_frames == LIFE_FRAMES:
            self.left, self.is_fired, self.fired_frames = self.left - 1, False, 0
            return -5
        return 3 if action == 2 else 1

    def lives(self):
        """Lives that are left."""
        return self.left

    def game_over(self):
        """Whether none is left."""
        return self.left == 0

    def getScreenRGB(self, screen=None):
        """Frame and action by their colours; only every other frame has the lower half."""
        screen = np.empty((210, 160, 3), np.uint8) if screen is None else screen
        screen[...] = (self.frames % 200, self.newest * 10, self.left)
        screen[105:] = (200 if self.frames % 2 else 0, 0, 0)
        return screen

    def getScreenGrayscale(self, screen=None):
        """The red of the screen, with a slope to the right."""
        screen = np.empty((210, 160), np.uint8) if screen is None else screen
        screen[...] = self.frames % 200
        screen[105:] = 200 if self.frames % 2 else 0
        screen[0] = np.arange(160)
        return screen


class AtariEnv(Env):
    """The game as ale-py's environment has it."""

    metadata = {"render_modes": ["human", "rgb_array"], "obs_types": {"rgb", "grayscale", "ram"}}

    def __init__(
        self,
        game="pong",
        mode=None,
        difficulty=None,
        obs_type="rgb",
        frameskip=4,
        repeat_action_probability=0.0,
        full_action_space=False,
        max_num_frames_per_episode=None,
        render_mode=None,
    ):
        if type(frameskip) not in (int, tuple):
            raise error.Error(f"Invalid frameskip type: {type(frameskip)}.")
        if isinstance(frameskip, int) and frameskip <= 0:
            raise error.Error(f"Invalid frameskip of {frameskip}, frameskip must be positive.")
        if obs_type not in ("rgb", "grayscale"):
            raise error.Error(f"Invalid observation type: {obs_type}. Expecting: rgb, grayscale.")
        self._obs_type = obs_type
        self.render_mode = render_mode
        self._frameskip = frameskip
        self._repeat_action_probability = repeat_action_probability
        self.ale = Console()
        self.action_space = spaces.Discrete(len(MEANINGS))
        shape = (210, 160, 3) if obs_type == "rgb" else (210, 160)
        self.observation_space = spaces.Box(0, 255, shape, np.uint8)
        self._newest = 0

    def get_action_meanings(self):
        """The actions' names."""
        return list(MEANINGS)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.ale.reset_game()
        self._newest = 0
        return self._screen(), {"lives": self.ale.lives()}

    def step(self, action):
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        reward = 0.0
        skip = self._frameskip
        for _ in range(self.np_random.integers(*skip) if isinstance(skip, tuple) else skip):
            if self.np_random.random() >= self._repeat_action_probability:
                self._newest = int(action)
            reward += self.ale.act(self._newest)
        info = {"lives": self.ale.lives(), "frame_number": self.ale.frames}
        return self._screen(), reward, self.ale.game_over(), False, info

    def render(self):
        return self.ale.getScreenRGB()

    def _screen(self):
        return (
            self.ale.getScreenRGB() if self._obs_type == "rgb" else self.ale.getScreenGrayscale()
        )
