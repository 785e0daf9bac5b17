"""The frozen lake."""

import numpy as np

from gymnasium import Env, spaces

MAPS = {
    "4x4": ["SFFF", "FHFH", "FFFH", "HFFG"],
    "8x8": [
        "SFFFFFFF",
        "FFFFFFFF",
        "FFFHFFFF",
        "FFFFFHFF",
        "FFFHFFFF",
        "FHHFFFHF",
        "FHFFHFHF",
        "FFFHFFFG",
    ],
}
MOVES = [(0, -1), (1, 0), (0, 1), (-1, 0)]


class FrozenLakeEnv(Env):
    """A walk over ice with holes."""

    metadata = {"render_modes": ["human", "ansi", "rgb_array"], "render_fps": 4}

    def __init__(
        self,
        render_mode=None,
        desc=None,
        map_name="4x4",
        is_slippery=True,
        success_rate=1.0 / 3.0,
        reward_schedule=(1, 0, 0),
    ):
        self.render_mode = render_mode
        self._map = MAPS[map_name] if desc is None else desc
        self._rewards = dict(zip("GHF", reward_schedule))
        self._slip = [(1.0 - success_rate) / 2.0, success_rate, (1.0 - success_rate) / 2.0]
        self._is_slippery = is_slippery
        self.observation_space = spaces.Discrete(len(self._map) * len(self._map[0]))
        self.action_space = spaces.Discrete(4)
        self.s = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.np_random.random()  # The real one draws the start too.
        self.s = 0
        return int(self.s), {"prob": 1}

    def step(self, action):
        draw = self.np_random.random()
        probabilities, turns = ([1.0], [0]) if not self._is_slippery else (self._slip, [-1, 0, 1])
        turn = turns[int(np.argmax(np.cumsum(probabilities) > draw))]
        columns = len(self._map[0])
        row, column = divmod(self.s, columns)
        if self._map[row][column] in "GH":
            return int(self.s), 0, True, False, {"prob": 1.0}
        down, right = MOVES[(action + turn) % 4]
        row = min(max(row + down, 0), len(self._map) - 1)
        column = min(max(column + right, 0), columns - 1)
        self.s = row * columns + column
        letter = self._map[row][column].replace("S", "F")
        return int(self.s), self._rewards[letter], letter in "GH", False, {"prob": 1.0}
