"""Steps copies of one Gymnasium environment for a parent process, over pipes.

The parent writes requests to descriptor 0 and reads answers from descriptor 1. A frame is a header
(u32 length of the payload, u16 type, u16 zero, u32 sequence number, all little-endian) and the
payload. JSON carries the handshake and errors; resets and steps are raw little-endian arrays. Every
answer has the sequence number of its request.

What holds beside the protocol's tables (docs/gymnasium-bridge.md):

* An action travels as 0 .. n - 1; the space's start is added here. A Discrete observation travels
  minus its start.
* STEPPED ends with the final observations of the ended copies whether or not "autoreset" is on.
  Without it, the copy's row is its final observation too.
* Observations are checked against the bounds that their space declares. What is beyond ends this
  process, but for floats of environments that come with gymnasium: some of them do so by design, so
  that one warning in the log is due and the value travels as it is. NaN and infinity never travel.
* A render that fails is answered by an ERROR and leaves the environments as they are. Every other
  ERROR ends this process.

Standard library, numpy and gymnasium (0.26 and newer) only; cv2 is used where it is there.
"""

import difflib
import functools
import importlib
import importlib.util
import inspect
import io
import json
import math
import operator
import os
import platform
import re
import signal
import struct
import sys
import threading
import time
import traceback

np = None
gymnasium = None

PROTOCOL = 1
HELLO, RESET, STEP, RENDER, CLOSE = 1, 2, 3, 4, 5
READY, RESET_DONE, STEPPED, RENDERED, CLOSED, ERROR = 101, 102, 103, 104, 105, 199
NAMES = {HELLO: "HELLO", RESET: "RESET", STEP: "STEP", RENDER: "RENDER", CLOSE: "CLOSE"}

HEADER = struct.Struct("<IHHI")
JSON_LIMIT = 1 << 20
ANSWER_LIMIT = 1 << 30
MESSAGE_LIMIT = 2000
TRACEBACK_LIMIT = 1 << 16
F_SETPIPE_SZ = 1031  # In the fcntl module only from Python 3.10 on.
SMALLEST_PIPE, LARGEST_PIPE = 1 << 16, 1 << 20
OLDEST_GYMNASIUM = (0, 26)
FLOAT32_MAX = 3.4028234663852886e38
# What an environment may raise: none of it may end this process without an ERROR.
ANY_FAILURE = (Exception, SystemExit, KeyboardInterrupt)


class BridgeError(Exception):
    """An ERROR frame: its kind, one line for the user, and a Python traceback where that helps."""

    def __init__(self, kind, message, trace=""):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = trace


def one_line(text):
    """The text without line breaks, cut to a length that a terminal can show."""
    line = " ".join(str(text).split())
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 3] + "..."


def described(error):
    """An exception as one line: its type and what it says."""
    text = one_line(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def current_trace():
    """The newest lines of the traceback of the exception being handled."""
    return traceback.format_exc()[-TRACEBACK_LIMIT:]


def pip(*packages):
    """The command that installs packages for this very interpreter."""
    python = sys.executable or "python3"
    python = f'"{python}"' if " " in python else python
    return f"{python} -m pip install " + " ".join(f'"{package}"' for package in packages)


def nearest(name, known):
    """Half a sentence with the known name nearest to a wrong one; empty where none is near."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if not close:
        folded = {candidate.lower(): candidate for candidate in known}
        close = [folded[match] for match in difflib.get_close_matches(name.lower(), folded, n=1)]
    return f" (did you mean {close[0]}?)" if close else ""


# Frames ------------------------------------------------------------------------------------------


class Channel:
    """The two pipes to the parent, on descriptors that nothing else in this process knows."""

    def __init__(self, source, target):
        self._source = io.FileIO(source, "r", closefd=False)
        self._target = target
        self._header = bytearray(HEADER.size)

    @classmethod
    def take_over(cls):
        """Keeps descriptors 0 and 1 for frames; what anybody prints from here on goes to stderr."""
        source, target = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        channel = cls(source, target)
        if hasattr(os, "register_at_fork"):
            # A process that an environment forks would hold the pipes open beyond this one's death.
            os.register_at_fork(after_in_child=channel.close)
        return channel

    def close(self):
        """Closes both pipes."""
        for descriptor in (self._source.fileno(), self._target):
            os.close(descriptor)

    def widen(self, size):
        """Lets an answer of this size pass in one go where the platform can make pipes larger."""
        if not sys.platform.startswith("linux"):
            return
        fcntl = importlib.import_module("fcntl")
        try:
            fcntl.fcntl(self._target, F_SETPIPE_SZ, min(LARGEST_PIPE, max(size, SMALLEST_PIPE)))
        except OSError:
            pass  # The pipe stays as it is: slower, not wrong.

    def read_header(self):
        """(length, type, zero, sequence number) of the next frame; EOFError where none follows."""
        self.read_payload(self._header)
        return HEADER.unpack(self._header)

    def read_payload(self, buffer):
        """Fills the buffer; EOFError where the pipe ends before."""
        view = memoryview(buffer)
        while view:
            count = self._source.readinto(view)
            if not count:
                raise EOFError
            view = view[count:]

    def write(self, view):
        """Writes all of a buffer that begins with its header."""
        written = os.write(self._target, view)
        while written < len(view):
            view = view[written:]
            written = os.write(self._target, view)

    def write_json(self, kind, sequence, value):
        """Writes a JSON frame."""
        payload = json.dumps(value, allow_nan=False).encode("utf-8")
        if len(payload) > JSON_LIMIT:
            raise BridgeError(
                "space",
                f"the description of the environment's spaces has {len(payload)} bytes, the limit "
                f"is {JSON_LIMIT}: declare one bound for all components",
            )
        self.write(HEADER.pack(len(payload), kind, 0, sequence) + payload)


# Libraries ---------------------------------------------------------------------------------------


def load_libraries():
    """Imports numpy and gymnasium, and says what to install where one is missing."""
    global np, gymnasium
    np = import_library("numpy", "missing-numpy", "numpy")
    gymnasium = import_library("gymnasium", "missing-gymnasium", "gymnasium")
    version = getattr(gymnasium, "__version__", "unknown")
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_GYMNASIUM:
        raise BridgeError(
            "old-gymnasium",
            f"gymnasium {version} of {sys.executable} is too old, 0.26 is the oldest that works: "
            + pip("gymnasium>=0.26"),
        )


def import_library(name, kind, package):
    """One module, or the ERROR of this kind with the command that installs it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == name:
            successor = ""
            if name == "gymnasium" and is_installed("gym"):
                successor = " (gym is there, but gymnasium is its successor)"
            raise BridgeError(
                kind, f"{sys.executable} has no module {name}{successor}: {pip(package)}"
            ) from None
        raise BridgeError(
            kind,
            f"{sys.executable} cannot import {name} ({described(error)}): "
            + pip("--upgrade", package).replace('"--upgrade"', "--upgrade"),
            current_trace(),
        ) from None


def is_installed(name):
    """Whether a module could be imported; it is not imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


# Making environments -----------------------------------------------------------------------------


class Request:
    """What HELLO asks for, checked."""

    def __init__(self, hello):
        self.id = self._of(hello, "id", str)
        self.kwargs = dict(self._of(hello, "kwargs", dict, {}))
        self.copies = self._of(hello, "copies", int)
        self.wrappers = self._of(hello, "wrappers", list, [])
        self.max_episode_steps = self._of(hello, "max_episode_steps", int, 0)
        self.render_mode = self._of(hello, "render_mode", str, None)
        self.autoreset = self._of(hello, "autoreset", bool, True)
        if hello.get("protocol") != PROTOCOL:
            raise BridgeError(
                "protocol",
                f"the parent speaks version {hello.get('protocol')} of the bridge's protocol, "
                f"this script version {PROTOCOL}",
            )
        if not 1 <= self.copies <= 1 << 16:
            raise BridgeError("protocol", f"copies is {self.copies}, it must be 1 to 65536")

    @staticmethod
    def _of(hello, key, kind, default=...):
        value = hello.get(key, default)
        if value is ... or not (isinstance(value, kind) or value is default):
            raise BridgeError("protocol", f"HELLO has no {kind.__name__} under {key}")
        return value

    @property
    def bare_id(self):
        """The id without the module that registers it."""
        return self.id.partition(":")[2] if ":" in self.id else self.id

    def has_wrapper(self, name):
        """Whether a wrapper of this name is asked for."""
        return any(isinstance(call, dict) and call.get("name") == name for call in self.wrappers)


class Maker:
    """Makes copies of one environment by gymnasium.make and its wrappers."""

    # What gymnasium.make would do by itself and this script does instead.
    REFUSED = {
        "autoreset": "the bridge resets finished environments itself",
        "max_episode_steps": "set environment.max-episode-steps instead",
        "render_mode": "the bridge chooses it",
    }

    def __init__(self, request):
        self._request = request
        self._errors = importlib.import_module("gymnasium.error")
        self._kwargs = dict(request.kwargs)
        for name, remedy in self.REFUSED.items():
            if name in self._kwargs:
                raise BridgeError(
                    "kwargs", f"environment.kwargs may not have {name} for {request.id}: {remedy}"
                )
        if request.bare_id.startswith("ALE/") and request.has_wrapper("AtariPreprocessing"):
            self._kwargs.setdefault("frameskip", 1)
        if isinstance(self._kwargs.get("frameskip"), list):
            # JSON has no tuples, and ale_py takes a range of frame skips as nothing else.
            self._kwargs["frameskip"] = tuple(self._kwargs["frameskip"])
        self._make_kwargs = dict(self._kwargs)
        if request.render_mode is None and request.has_wrapper("AddRenderObservation"):
            self._make_kwargs["render_mode"] = "rgb_array"
        if request.max_episode_steps > 0:
            self._make_kwargs["max_episode_steps"] = request.max_episode_steps
        if request.render_mode is not None:
            self._make_kwargs["render_mode"] = request.render_mode

    def make(self):
        """One copy, with all its wrappers."""
        environment = self._make_bare()
        for call in self._request.wrappers:
            environment = wrap(environment, call, self._request.id)
        return environment

    def prepare(self):
        """Imports what registers the id."""
        module, _, _ = self._request.id.rpartition(":")
        if module:
            self._import_module(module)
        elif self._request.id.startswith("ALE/"):
            self._register_atari()
        elif looks_like_atari(self._request.id) and self._request.id not in registry():
            self._register_atari()

    def _import_module(self, module):
        try:
            register(importlib.import_module(module))
        except ModuleNotFoundError as error:
            if error.name is not None and (module + ".").startswith(error.name + "."):
                remedy = f"install it for {sys.executable}, or put its folder on PYTHONPATH"
            else:
                remedy = pip(error.name or "MODULE")
            raise BridgeError(
                "dependency",
                f"the module of environment {self._request.id} cannot be imported "
                f"({described(error)}): {remedy}",
                current_trace(),
            ) from None
        except Exception as error:
            raise BridgeError(
                "exception",
                f"importing the module of environment {self._request.id} failed: "
                + described(error),
                current_trace(),
            ) from error

    def _register_atari(self):
        """Registers Atari: by ale_py itself from 1.0 on, by shimmy before."""
        for name in ("ale_py", "shimmy"):
            if not is_installed(name):
                continue
            self._import_module(name)
            if any(str(known).startswith("ALE/") for known in registry()):
                return
        if not any(str(known).startswith("ALE/") for known in registry()):
            raise BridgeError(
                "dependency",
                f"environment {self._request.id} needs ale-py, which {sys.executable} has not: "
                + atari_pip(),
            )

    def _make_bare(self):
        request = self._request
        try:
            return gymnasium.make(request.bare_id, **self._make_kwargs)
        except (self._errors.UnregisteredEnv, self._errors.DeprecatedEnv) as error:
            raise self._unknown_id(error) from None
        except (self._errors.DependencyNotInstalled, ModuleNotFoundError) as error:
            raise self._missing_dependency(error) from None
        except BridgeError:
            raise
        except TypeError as error:
            raise self._refused_kwargs(error) from None
        except ANY_FAILURE as error:
            if is_malformed_id(error, self._errors):
                raise self._unknown_id(error) from None
            given = f" with kwargs {json.dumps(self._kwargs)}" if request.kwargs else ""
            raise BridgeError(
                "kwargs" if request.kwargs else "exception",
                f"environment {request.id} could not be made{given}: {described(error)}",
                current_trace(),
            ) from None

    def _unknown_id(self, error):
        bare = self._request.bare_id
        known = [str(name) for name in registry()]
        same = [name for name in known if name.partition("-v")[0] == bare.partition("-v")[0]]
        near = f" (there is {', '.join(sorted(same))})" if same else nearest(bare, known)
        remedy = (
            "mend environment.id"
            if near
            else "where another package registers it, name its module and install it, as in "
            f'environment.id = "package:{bare}"'
        )
        said = "malformed" if is_malformed_id(error, self._errors) else "unknown"
        return BridgeError(
            "unknown-id",
            f"{said} environment {self._request.id}: gymnasium {gymnasium.__version__} of "
            f"{sys.executable} has none of this name{near}; {remedy}",
        )

    def _missing_dependency(self, error):
        name = getattr(error, "name", None)
        extra = self._extra()
        if extra == "atari":
            remedy = atari_pip()
        elif extra:
            remedy = pip(f"gymnasium[{extra}]")
        elif name:
            remedy = pip(name.partition(".")[0])
        else:
            remedy = f"install what it names for {sys.executable}"
        return BridgeError(
            "dependency",
            f"environment {self._request.id} needs a package that {sys.executable} has not "
            f"({one_line(error)}): {remedy}",
            current_trace(),
        )

    def _extra(self):
        """The extra of gymnasium that brings what the environment's module needs."""
        if self._request.bare_id.startswith("ALE/"):
            return "atari"
        entry = str(getattr(registry().get(self._request.bare_id), "entry_point", ""))
        for folder, extra in (
            ("gymnasium.envs.box2d", "box2d"),
            ("gymnasium.envs.mujoco", "mujoco"),
            ("gymnasium.envs.toy_text", "toy-text"),
            ("gymnasium.envs.classic_control", "classic-control"),
        ):
            if entry.startswith(folder):
                return extra
        return None

    def _refused_kwargs(self, error):
        request = self._request
        text = str(error)
        unexpected = re.search(r"unexpected keyword argument '(\w+)'", text)
        missing = re.search(r"missing \d+ required [\w-]+ arguments?: (.+?)(?: was raised|$)", text)
        if unexpected and unexpected.group(1) in self._kwargs:
            name = unexpected.group(1)
            accepted = self._accepted()
            listed = f"; it takes {', '.join(accepted)}" if accepted else ""
            message = (
                f"environment {request.id} takes no argument {name}{nearest(name, accepted)}"
                f"{listed}: mend environment.kwargs"
            )
        elif unexpected and unexpected.group(1) == "render_mode":
            message = f"environment {request.id} takes no render_mode: it cannot be rendered"
        elif missing:
            message = (
                f"environment {request.id} needs the argument {one_line(missing.group(1))}: "
                "give it in environment.kwargs"
            )
        else:
            return BridgeError(
                "kwargs" if request.kwargs else "exception",
                f"environment {request.id} could not be made with kwargs "
                f"{json.dumps(self._kwargs)}: {described(error)}",
                current_trace(),
            )
        return BridgeError("kwargs", message, current_trace())

    def _accepted(self):
        """Names of the arguments of the environment's constructor; empty where they are unknown."""
        entry = getattr(registry().get(self._request.bare_id), "entry_point", None)
        try:
            if isinstance(entry, str):
                module, _, name = entry.partition(":")
                entry = getattr(importlib.import_module(module), name)
            parameters = inspect.signature(entry).parameters.values()
        except (ImportError, AttributeError, TypeError, ValueError):
            return []
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        return [
            parameter.name
            for parameter in parameters
            if parameter.kind in kinds and parameter.name not in ("self", "render_mode")
        ]


def registry():
    """The environments that are registered, by id."""
    return importlib.import_module("gymnasium.envs.registration").registry


def register(module):
    """Tells gymnasium that a module's import registers environments (1.0 and newer ask for it)."""
    if hasattr(gymnasium, "register_envs"):
        gymnasium.register_envs(module)


def looks_like_atari(name):
    """Whether it is one of the older Atari names, which ale_py registers too."""
    return re.search(r"(NoFrameskip|Deterministic)-v[04]$", name) is not None


def comes_with_gymnasium(environment):
    """Whether an environment is one of gymnasium's own, which its user cannot mend."""
    return type(environment.unwrapped).__module__.startswith(("gymnasium.", "ale_py.", "shimmy."))


def is_malformed_id(error, errors):
    """Whether gymnasium could not even read the id."""
    text = str(error)
    return type(error) is errors.Error and ("Malformed" in text or "No registered" in text)


def atari_pip():
    """Installs Atari: its ROMs were an extra of their own before 1.0."""
    if gymnasium.__version__.startswith("0."):
        return pip("gymnasium[atari,accept-rom-license]")
    return pip("gymnasium[atari]")


# Wrappers ----------------------------------------------------------------------------------------

class Refused(Exception):
    """A wrapper that does not fit, or an argument of it that cannot be."""


class Wrapped:
    """An environment around another; what it does not change it passes on."""

    def __init__(self, environment):
        self.inner = environment
        self.action_space = environment.action_space
        self.observation_space = environment.observation_space

    @property
    def unwrapped(self):
        """The environment below all wrappers."""
        return self.inner.unwrapped

    @property
    def spec(self):
        """What is registered of the environment."""
        return getattr(self.inner, "spec", None)

    @property
    def metadata(self):
        """What the environment says of itself, its render modes among it."""
        return getattr(self.inner, "metadata", None) or {}

    def reset(self, seed=None):
        """(observation, info) of a new episode."""
        return self.inner.reset(seed=seed)

    def step(self, action):
        """(observation, reward, terminated, truncated, info) after one action."""
        return self.inner.step(action)

    def render(self):
        """The picture of the environment."""
        return self.inner.render()

    def close(self):
        """Closes the environment."""
        self.inner.close()


class WrappedObservation(Wrapped):
    """A wrapper that changes every observation by itself."""

    def reset(self, seed=None):
        observation, info = self.inner.reset(seed=seed)
        return self.changed(observation), info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.inner.step(action)
        return self.changed(observation), reward, terminated, truncated, info

    def changed(self, observation):
        """The observation that is seen."""
        raise NotImplementedError


class AddRenderObservation(WrappedObservation):
    """The rendered picture in place of the observation."""

    def __init__(self, environment):
        super().__init__(environment)
        # Its size is known only from a picture, and a picture only after a reset.
        environment.reset()
        picture = np.asarray(environment.render())
        if picture.dtype != np.uint8 or picture.shape[2:] != (3,):
            refuse("the environment has no render_mode rgb_array")
        self.observation_space = gymnasium.spaces.Box(0, 255, picture.shape, np.uint8)

    def changed(self, observation):
        return self.inner.render()


class AtariPreprocessing(Wrapped):
    """Machado et al. (2018): no-op starts, frame skip, maximum of two frames, 84 x 84 grayscale.

    As Gymnasium's, but for an episode's last observation: where the episode ends within a skip, the
    ending frame is seen, not the frame before the skip.
    """

    def __init__(
        self,
        environment,
        noop_max=30,
        frame_skip=4,
        screen_size=84,
        terminal_on_life_loss=False,
        grayscale_obs=True,
    ):
        super().__init__(environment)
        self._ale = console_of(environment)
        if environment.unwrapped.get_action_meanings()[0] != "NOOP":
            refuse("its action 0 is not NOOP")
        self._noop_max = whole("noop_max", noop_max, 0)
        self._frame_skip = whole("frame_skip", frame_skip, 1)
        self._size = whole("screen_size", screen_size, 1)
        self._ends_with_life = truth("terminal_on_life_loss", terminal_on_life_loss)
        self._is_gray = truth("grayscale_obs", grayscale_obs)
        skips = getattr(environment.unwrapped, "_frameskip", None) != 1
        if self._frame_skip > 1 and skips and "NoFrameskip" not in getattr(self.spec, "id", ""):
            refuse("the environment skips frames itself: give it frameskip = 1 in kwargs")
        screen = tuple(environment.observation_space.shape)
        if len(screen) not in (2, 3) or self._size > min(screen[:2]):
            refuse(f"observations of shape {list(screen)} are no screen of at least screen_size")
        screen = screen[:2] if self._is_gray else screen[:2] + (3,)
        self._newest, self._before = np.zeros(screen, np.uint8), np.zeros(screen, np.uint8)
        self._resized = screen_resize(screen[:2], self._size)
        shape = (self._size, self._size) + screen[2:]
        self.observation_space = gymnasium.spaces.Box(0, 255, shape, np.uint8)
        self._lives = 0

    def reset(self, seed=None):
        _, info = self.inner.reset(seed=seed)
        noops = self.unwrapped.np_random.integers(1, self._noop_max + 1) if self._noop_max else 0
        for _ in range(noops):
            _, _, terminated, truncated, _ = self.inner.step(0)
            if terminated or truncated:
                _, info = self.inner.reset(seed=seed)
        self._lives = self._ale.lives()
        self._look(self._newest)
        self._before.fill(0)
        return self._seen(), info

    def step(self, action):
        total = 0.0
        for frame in range(self._frame_skip):
            _, reward, terminated, truncated, info = self.inner.step(action)
            total += float(reward)
            if self._ends_with_life:
                lives = self._ale.lives()
                terminated = terminated or lives < self._lives
                self._lives = lives
            if terminated or truncated:
                if frame != self._frame_skip - 1:
                    self._before.fill(0)
                break
            if frame == self._frame_skip - 2:
                self._look(self._before)
        self._look(self._newest)
        return self._seen(), total, terminated, truncated, info

    def _look(self, screen):
        if self._is_gray:
            self._ale.getScreenGrayscale(screen)
        else:
            self._ale.getScreenRGB(screen)

    def _seen(self):
        if self._frame_skip > 1:
            np.maximum(self._newest, self._before, out=self._newest)
        return self._resized(self._newest)


class ClipObservation(WrappedObservation):
    """Observations cut to the bounds that their space declares."""

    def __init__(self, environment):
        super().__init__(environment)
        space = box_of(environment.observation_space)
        self._low, self._high = space.low, space.high

    def changed(self, observation):
        return np.clip(observation, self._low, self._high)


class ClipReward(Wrapped):
    """Rewards cut to two bounds."""

    def __init__(self, environment, min_reward=-1, max_reward=1):
        super().__init__(environment)
        self._least = -math.inf if min_reward is None else number("min_reward", min_reward)
        self._most = math.inf if max_reward is None else number("max_reward", max_reward)
        if self._least > self._most:
            refuse(f"min_reward {min_reward} is above max_reward {max_reward}")

    def step(self, action):
        observation, reward, terminated, truncated, info = self.inner.step(action)
        reward = min(max(float(reward), self._least), self._most) if reward == reward else reward
        return observation, reward, terminated, truncated, info


class DiscretizeAction(Wrapped):
    """Bounded Box actions as one Discrete space: centres of equal bins, the last axis fastest."""

    MOST = 1 << 16

    def __init__(self, environment, bins):
        super().__init__(environment)
        space = environment.action_space
        if not is_space(space, "Box"):
            refuse(f"the actions are of the space {type(space).__name__}, not a Box")
        low, high = space.low.reshape(-1), space.high.reshape(-1)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            refuse(f"the actions are not bounded: low {low.tolist()}, high {high.tolist()}")
        counts = bins if isinstance(bins, list) else [bins] * low.size
        counts = [whole("bins", count, 1) for count in counts]
        if len(counts) != low.size:
            refuse(f"bins has {len(counts)} numbers for actions of {low.size} components")
        total = functools.reduce(operator.mul, counts, 1)
        if not 2 <= total <= self.MOST:
            refuse(f"bins = {bins} makes {total} actions, there may be 2 to {self.MOST}")
        edges = [np.linspace(*ends, count + 1) for *ends, count in zip(low, high, counts)]
        centres = [0.5 * (edge[:-1] + edge[1:]) for edge in edges]
        table = np.stack([axis.reshape(-1) for axis in np.meshgrid(*centres, indexing="ij")], -1)
        self._actions = table.reshape((total,) + tuple(space.shape)).astype(space.dtype)
        self.action_space = gymnasium.spaces.Discrete(total)

    def step(self, action):
        return self.inner.step(self._actions[action].copy())


class EpisodicLifeEnv(Wrapped):
    """A lost life ends the episode for the learner; the game goes on until it is over."""

    def __init__(self, environment):
        super().__init__(environment)
        self._ale = console_of(environment)
        self._lives = 0
        self._is_over = True

    def reset(self, seed=None):
        if self._is_over or seed is not None:
            observation, info = self.inner.reset(seed=seed)
        else:
            observation, _, terminated, truncated, info = self.inner.step(0)
            if terminated or truncated:
                observation, info = self.inner.reset()
        self._lives = self._ale.lives()
        self._is_over = False
        return observation, info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.inner.step(action)
        self._is_over = terminated or truncated
        lives = self._ale.lives()
        # Some games show no life for a few frames before they are over: that is no lost life.
        terminated = terminated or 0 < lives < self._lives
        self._lives = lives
        return observation, reward, terminated, truncated, info


class FireResetEnv(Wrapped):
    """Presses FIRE, and then the action after it, where a game waits for that; else nothing."""

    def __init__(self, environment):
        super().__init__(environment)
        console_of(environment)
        meanings = environment.unwrapped.get_action_meanings()
        self._actions = [1, 2] if len(meanings) >= 3 and meanings[1] == "FIRE" else []

    def reset(self, seed=None):
        observation, info = self.inner.reset(seed=seed)
        for action in self._actions:
            observation, _, terminated, truncated, info = self.inner.step(action)
            if terminated or truncated:
                observation, info = self.inner.reset()
        return observation, info


class FlattenObservation(WrappedObservation):
    """Observations of any fixed size as one vector, discrete parts one-hot."""

    def __init__(self, environment):
        super().__init__(environment)
        tools = importlib.import_module("gymnasium.spaces.utils")
        self._flatten, self._space = tools.flatten, environment.observation_space
        try:
            self.observation_space = tools.flatten_space(self._space)
        except (NotImplementedError, ValueError, TypeError) as error:
            refuse(f"observations cannot be flattened: {described(error)}")
        if not is_space(self.observation_space, "Box"):
            refuse("observations of changing size cannot be flattened")

    def changed(self, observation):
        return self._flatten(self._space, observation)


class GrayscaleObservation(WrappedObservation):
    """Images without colours: 0.299 R + 0.587 G + 0.114 B, of bytes as OpenCV rounds it."""

    def __init__(self, environment):
        super().__init__(environment)
        space = box_of(environment.observation_space)
        if space.shape[2:] != (3,):
            refuse(f"observations of shape {list(space.shape)} are no height x width x 3")
        self.observation_space = image_box(space, space.shape[:2])
        self._low, self._high = space.low.min(), space.high.max()

    def changed(self, observation):
        if observation.dtype != np.uint8:
            gray = observation @ np.array([0.299, 0.587, 0.114], np.float32)
            return np.clip(gray, self._low, self._high).astype(np.float32)
        red, green, blue = (observation[:, :, i].astype(np.uint32) for i in range(3))
        return ((red * 9798 + green * 19235 + blue * 3735 + 16384) >> 15).astype(np.uint8)


class MaxAndSkipObservation(Wrapped):
    """Repeats an action, sums the rewards, and shows the maximum of the newest two frames.

    As Gymnasium's, but where an episode ends within a skip: the newest two frames of this step are
    seen, not those of the step before.
    """

    def __init__(self, environment, skip=4):
        super().__init__(environment)
        box_of(environment.observation_space)
        self._skip = whole("skip", skip, 2)
        self._before = np.empty_like(environment.observation_space.low)

    def step(self, action):
        total, has_before = 0.0, False
        for frame in range(self._skip):
            if frame:
                self._before[...] = observation
                has_before = True
            observation, reward, terminated, truncated, info = self.inner.step(action)
            total += float(reward)
            if terminated or truncated:
                break
        seen = np.maximum(observation, self._before) if has_before else observation
        return seen, total, terminated, truncated, info


class ResizeObservation(WrappedObservation):
    """Images shrunk to height x width by averaging areas, as OpenCV's INTER_AREA does it."""

    def __init__(self, environment, height, width):
        super().__init__(environment)
        space = box_of(environment.observation_space)
        size = (whole("height", height, 1), whole("width", width, 1))
        if len(space.shape) not in (2, 3):
            refuse(f"observations of shape {list(space.shape)} are no images")
        if size[0] > space.shape[0] or size[1] > space.shape[1]:
            refuse(f"{list(space.shape)} can only be shrunk, not made {list(size)}")
        self.observation_space = image_box(space, size + tuple(space.shape[2:]))
        self._low, self._high = space.low.min(), space.high.max()
        self._resize = AreaResize(space.shape[:2], size, space.dtype == np.uint8)

    def changed(self, observation):
        resized = self._resize(observation)
        # Rounding must not carry a mean beyond what it is the mean of.
        return resized if resized.dtype == np.uint8 else np.clip(resized, self._low, self._high)


class StickyAction(Wrapped):
    """With some probability the action before again (Machado et al., 2018)."""

    def __init__(self, environment, repeat_action_probability):
        super().__init__(environment)
        name = "repeat_action_probability"
        self._probability = number(name, repeat_action_probability)
        if not 0 <= self._probability < 1:
            refuse(f"{name} is {repeat_action_probability}, it must be at least 0, below 1")
        self._newest = None

    def reset(self, seed=None):
        self._newest = None
        return self.inner.reset(seed=seed)

    def step(self, action):
        if self._newest is not None:
            if self.unwrapped.np_random.uniform() < self._probability:
                action = self._newest
        self._newest = action
        return self.inner.step(action)


WRAPPERS = {
    kind.__name__: kind
    for kind in (
        AddRenderObservation,
        AtariPreprocessing,
        ClipObservation,
        ClipReward,
        DiscretizeAction,
        EpisodicLifeEnv,
        FireResetEnv,
        FlattenObservation,
        GrayscaleObservation,
        MaxAndSkipObservation,
        ResizeObservation,
        StickyAction,
    )
}


def wrap(environment, call, environment_id):
    """The environment in the wrapper that the call names."""
    name = call.get("name") if isinstance(call, dict) else None
    kwargs = call.get("kwargs", {}) if isinstance(call, dict) else None
    if not isinstance(name, str) or not isinstance(kwargs, dict):
        raise BridgeError("protocol", "a wrapper of HELLO is not a name and kwargs")
    if name not in WRAPPERS:
        # The parent makes the stack, but who reads this writes it into the same list.
        known = sorted([*WRAPPERS, "FrameStackObservation"])
        raise BridgeError(
            "wrapper",
            f"the bridge has no wrapper {name}{nearest(name, known)} for {environment_id}; it "
            f"has {', '.join(known)}: mend environment.wrappers",
        )
    kind = WRAPPERS[name]
    parameters = list(inspect.signature(kind).parameters.values())[1:]
    names = [parameter.name for parameter in parameters]
    for given in kwargs:
        if given not in names:
            takes = f"it takes {', '.join(names)}" if names else "it takes none"
            raise BridgeError(
                "wrapper",
                f"wrapper {name} has no argument {given}{nearest(given, names)}: {takes}; "
                "mend environment.wrappers",
            )
    for parameter in parameters:
        if parameter.default is parameter.empty and parameter.name not in kwargs:
            form = f"{name}({', '.join(f'{given}=...' for given in names)})"
            raise BridgeError(
                "wrapper",
                f"wrapper {name} needs its argument {parameter.name}: write {form} in "
                "environment.wrappers",
            )
    try:
        return kind(environment, **kwargs)
    except Refused as error:
        raise BridgeError(
            "wrapper",
            f"wrapper {name} does not fit environment {environment_id}: {error}; "
            "mend environment.wrappers, or take it out of there",
        ) from None
    except BridgeError:
        raise
    except ANY_FAILURE as error:
        raise BridgeError(
            "exception",
            f"environment {environment_id} failed while {name} was put around it: "
            + described(error),
            current_trace(),
        ) from None


def refuse(reason):
    """Ends the making of a wrapper, and says why a wrapper does not fit."""
    raise Refused(reason)


def whole(name, value, least):
    """An argument that is a whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        refuse(f"{name} is {json.dumps(value)}, it must be a whole number >= {least}")
    return value


def number(name, value):
    """An argument that is a finite number."""
    if isinstance(value, bool) or not is_finite_number(value) or isinstance(value, str):
        refuse(f"{name} is {json.dumps(value)}, it must be a number")
    return float(value)


def truth(name, value):
    """An argument that is true or false."""
    if not isinstance(value, bool):
        refuse(f"{name} is {json.dumps(value)}, it must be true or false")
    return value


def box_of(space):
    """The space, which must be a Box."""
    if not is_space(space, "Box"):
        refuse(f"observations are of the space {type(space).__name__}, not a Box")
    return space


def image_box(space, shape):
    """The Box of averages of another's images: bytes stay bytes, all else is float32."""
    dtype = np.uint8 if space.dtype == np.uint8 else np.float32
    return gymnasium.spaces.Box(space.low.min(), space.high.max(), shape, dtype)


def console_of(environment):
    """The emulator of an Atari environment."""
    ale = getattr(environment.unwrapped, "ale", None)
    if ale is None or not hasattr(environment.unwrapped, "get_action_meanings"):
        refuse("it is for Atari environments (ALE/...), this one has no emulator")
    return ale


# Images ------------------------------------------------------------------------------------------


class AreaResize:
    """Shrinks images, each new pixel the mean of the area that it covers.

    OpenCV's INTER_AREA, with its float32 order of operations and its rounding: to even, but halves
    up where both sides are halved.
    """

    def __init__(self, size, new_size, rounds):
        self._rounds = rounds
        self._new_size = new_size
        self._factors = None
        if size[0] % new_size[0] == 0 and size[1] % new_size[1] == 0:
            self._factors = (size[0] // new_size[0], size[1] // new_size[1])
        else:
            self._rows = self._shares(size[0], new_size[0])
            self._columns = self._shares(size[1], new_size[1])

    @staticmethod
    def _shares(size, new_size):
        """Source indices and weights, [most shares of a target] x [targets]; weight 0 fills up."""
        scale = size / new_size
        targets = []
        for target in range(new_size):
            start, stop = target * scale, (target + 1) * scale
            extent = min(scale, size - start)
            last = min(math.floor(stop), size - 1)
            first = min(math.ceil(start), last)
            # What covers less of a pixel than a thousandth is left out, as in OpenCV.
            shares = [(first - 1, (first - start) / extent)] if first - start > 1e-3 else []
            shares += [(source, 1.0 / extent) for source in range(first, last)]
            if stop - last > 1e-3:
                shares.append((last, min(stop - last, 1.0, extent) / extent))
            targets.append(shares)
        most = max(len(shares) for shares in targets)
        padded = [shares + [(0, 0.0)] * (most - len(shares)) for shares in targets]
        return [
            (
                np.array([shares[i][0] for shares in padded]),
                np.array([shares[i][1] for shares in padded], np.float32),
            )
            for i in range(most)
        ]

    def __call__(self, image):
        mean = self._by_factors(image) if self._factors else self._by_shares(image)
        return mean.astype(np.uint8) if self._rounds else mean

    def _by_factors(self, image):
        (height, width), (down, across) = self._new_size, self._factors
        blocks = image.reshape((height, down, width, across) + image.shape[2:])
        sums = blocks.sum(axis=(1, 3), dtype=np.float32)
        if self._rounds and self._factors == (2, 2):
            return np.floor((sums + np.float32(2)) * np.float32(0.25))
        mean = sums * np.float32(1.0 / (down * across))
        return np.rint(mean) if self._rounds else mean

    def _by_shares(self, image):
        image = image.astype(np.float32)
        more = (1,) * (image.ndim - 2)
        across, total = 0, 0
        for source, weight in self._columns:
            across = across + np.take(image, source, axis=1) * weight.reshape((1, -1) + more)
        for source, weight in self._rows:
            total = total + np.take(across, source, axis=0) * weight.reshape((-1, 1) + more)
        return np.rint(total) if self._rounds else total


def screen_resize(size, new_size):
    """Shrinks a console's screen: by OpenCV where it is there, as everybody does."""
    try:
        import cv2
    except ImportError:
        return AreaResize(size, (new_size, new_size), rounds=True)
    cv2.setNumThreads(1)
    return lambda screen: cv2.resize(screen, (new_size, new_size), interpolation=cv2.INTER_AREA)


# Spaces ------------------------------------------------------------------------------------------


class BoxRows:
    """Observations of a Box as rows of one buffer, in the dtype in which they travel."""

    def __init__(self, space, environment_id, is_lenient=False):
        self._id = environment_id
        self.shape = tuple(int(size) for size in space.shape)
        self.dtype = np.dtype(space.dtype)
        if self.dtype.kind not in "buif" or 0 in self.shape:
            raise BridgeError(
                "space",
                f"environment {environment_id} has observations of shape {list(self.shape)} and "
                f"dtype {self.dtype}: the bridge carries numbers, and at least one",
            )
        self.wire = self.dtype if self.dtype in (np.uint8, np.bool_) else np.dtype("<f4")
        self.size = int(np.prod(self.shape, dtype=np.int64)) * self.wire.itemsize
        with np.errstate(over="ignore"):
            self._low = np.broadcast_to(space.low, self.shape).astype(self.wire)
            self._high = np.broadcast_to(space.high, self.shape).astype(self.wire)
        self._is_lenient = is_lenient and self.dtype.kind == "f"
        self._is_checked = self.wire != np.bool_ and not (
            self.wire == np.uint8 and (self._low == 0).all() and (self._high == 255).all()
        )

    def description(self):
        """What READY says of the space."""
        return {
            "type": "Box",
            "dtype": self.dtype.name,
            "shape": list(self.shape),
            "low": bounds_as_json(self._low),
            "high": bounds_as_json(self._high),
        }

    def attach(self, buffer, offset, rows):
        """Views the rows that begin at the offset; the later checks look at all of them."""
        view = np.frombuffer(buffer, self.wire, rows * self.size // self.wire.itemsize, offset)
        self._rows = view.reshape((rows,) + self.shape)
        # A row of a number without axes is written through an axis of its own.
        self._row_of = [self._rows[i, ...] for i in range(rows)]
        self._components = self.size // self.wire.itemsize
        self._mask = bytearray(self._rows.size)
        self._mask_view = np.frombuffer(self._mask, np.bool_).reshape(self._rows.shape)
        if self._is_checked:
            self._finite_low, self._finite_high = finite(self._low), finite(self._high)

    def put(self, row, observation):
        """Copies one observation into its row."""
        if (
            type(observation) is not np.ndarray
            or observation.dtype is not self.dtype
            or observation.shape != self.shape
        ):
            observation = self._converted(observation)
        self._row_of[row][...] = observation

    def _converted(self, observation):
        """An observation that is not exactly what the space says, where no value can be lost."""
        given = np.asarray(observation)
        if given.shape != self.shape:
            raise BridgeError(
                "space",
                f"environment {self._id} gave an observation of shape {list(given.shape)} "
                f"({type(observation).__name__}), its observation_space says {list(self.shape)}: "
                "mend the environment",
            )
        fits = (
            given.dtype.kind in "buif" if self.wire.kind == "f" else given.dtype == self.wire
        )
        if not fits:
            raise BridgeError(
                "space",
                f"environment {self._id} gave an observation of dtype {given.dtype}, its "
                f"observation_space says {self.dtype}: mend the environment",
            )
        if given.dtype.itemsize > self.wire.itemsize:
            with np.errstate(over="ignore"):
                return given.astype(self.wire)
        return given

    def check(self, start, stop, copy_of):
        """Sees that all values of these rows are within the declared bounds."""
        if not self._is_checked:
            return
        rows, mask = self._rows[start:stop], self._mask_view[start:stop]
        first, last = start * self._components, stop * self._components
        # A comparison with NaN is false too, so that these two find it; the zero byte is sought by
        # memchr, which beats a reduction over a short array by far.
        np.greater_equal(rows, self._finite_low, out=mask)
        if self._mask.find(0, first, last) >= 0:
            return self._outside(start, stop, copy_of)
        np.less_equal(rows, self._finite_high, out=mask)
        if self._mask.find(0, first, last) >= 0:
            return self._outside(start, stop, copy_of)

    def _outside(self, start, stop, copy_of):
        error = self._violation(start, stop, copy_of)
        if not self._is_lenient or not np.isfinite(self._rows[start:stop]).all():
            raise error
        message = f"warning: {error.message} (said once; the values are used as they are)"
        print(message, file=sys.stderr, flush=True)
        self._finite_low = np.full(self.shape, -FLOAT32_MAX, self.wire)
        self._finite_high = np.full(self.shape, FLOAT32_MAX, self.wire)

    def _violation(self, start, stop, copy_of):
        rows = self._rows[start:stop].reshape(stop - start, -1)
        low, high = self._finite_low.reshape(-1), self._finite_high.reshape(-1)
        # What is no number first: it is the worst of them, whatever else is outside.
        bad = ~np.isfinite(rows)
        bad = bad if bad.any() else ~((rows >= low) & (rows <= high))
        row, component = np.argwhere(bad)[0]
        value = rows[row, component]
        where = f"environment {self._id} gave {value} as component {component} of copy "
        where += f"{copy_of(start + int(row))}'s observation"
        if not np.isfinite(value):
            return BridgeError("range", f"{where}, which no network can read: mend the environment")
        bounds = f"[{self._low.reshape(-1)[component]}, {self._high.reshape(-1)[component]}]"
        remedy = "" if self._is_lenient else "mend the environment, or "
        return BridgeError(
            "range",
            f"{where}, outside {bounds}, which its observation_space declares: {remedy}"
            'cut its values by environment.wrappers = ["ClipObservation"]',
        )


class DiscreteRows:
    """Observations of a Discrete space as 32-bit rows of one buffer, counted from 0."""

    size = 4

    def __init__(self, space, environment_id):
        self._id = environment_id
        self._n = int(space.n)
        self._start = int(getattr(space, "start", 0))

    def description(self):
        """What READY says of the space."""
        return {"type": "Discrete", "n": self._n, "start": self._start}

    def attach(self, buffer, offset, rows):
        """Views the rows that begin at the offset."""
        self._rows = memoryview(buffer)[offset : offset + 4 * rows].cast("i")

    def put(self, row, observation):
        """Writes one observation into its row."""
        try:
            index = operator.index(observation) - self._start
        except TypeError:
            index = self._index_of(observation)
        if not 0 <= index < self._n:
            raise BridgeError(
                "range",
                f"environment {self._id} gave {index + self._start} as copy {row}'s observation, "
                f"outside {self._start} .. {self._start + self._n - 1}, which its "
                "observation_space declares: mend the environment",
            )
        self._rows[row] = index

    def _index_of(self, observation):
        given = np.asarray(observation)
        if given.size == 1 and given.dtype.kind in "ui":
            return int(given.reshape(())) - self._start
        raise BridgeError(
            "space",
            f"environment {self._id} gave an observation of type {type(observation).__name__}, its "
            f"observation_space is Discrete({self._n}): mend the environment",
        )

    def check(self, start, stop, copy_of):
        """Nothing: an observation is put only where it is within the space."""


def finite(bounds):
    """The bounds without infinities, so that an infinite value is outside."""
    return np.clip(bounds, -FLOAT32_MAX, FLOAT32_MAX) if bounds.dtype.kind == "f" else bounds


def bounds_as_json(bounds):
    """One number where all are equal, else a flat list; infinities are text, JSON has none."""
    flat = bounds.reshape(-1)
    if (flat == flat[0]).all():
        return number_as_json(flat[0])
    return [number_as_json(bound) for bound in flat]


def number_as_json(number):
    """A number of numpy's as JSON has it."""
    value = number.item()
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if isinstance(value, bool) else value


def rows_of(space, environment_id, is_lenient):
    """How this observation space's values travel."""
    name = type(space).__name__
    if is_space(space, "Box"):
        return BoxRows(space, environment_id, is_lenient)
    if is_space(space, "Discrete"):
        return DiscreteRows(space, environment_id)
    if name in ("Dict", "Tuple", "MultiDiscrete", "MultiBinary"):
        remedy = 'flatten them by environment.wrappers = ["FlattenObservation"]'
    else:
        remedy = "make them a Box in a wrapper of the environment's own module"
    raise BridgeError(
        "space",
        f"environment {environment_id} has observations of the space {name}, the bridge carries "
        f"Box and Discrete: {remedy}",
    )


def discrete_actions(space, environment_id):
    """The action space, which must be Discrete."""
    if is_space(space, "Discrete"):
        return space
    name = type(space).__name__
    if is_space(space, "Box"):
        remedy = 'make them discrete by environment.wrappers = ["DiscretizeAction(bins=5)"]'
        name = f"Box of shape {list(space.shape)} (continuous)"
    else:
        remedy = "make them a Discrete in a wrapper of the environment's own module"
    raise BridgeError(
        "space",
        f"environment {environment_id} has actions of the space {name}, deep Q-learning chooses "
        f"among Discrete ones: {remedy}",
    )


def is_space(space, name):
    """Whether a space is of this kind of Gymnasium's."""
    return isinstance(space, getattr(gymnasium.spaces, name))


# Copies ------------------------------------------------------------------------------------------


class Copies:
    """All copies, and the one buffer in which every answer of theirs is made.

    The buffer holds a header, rewards, flags, newest observations and final observations, in this
    order and without gaps; the observations are aligned. An answer to RESET has its header right
    before the observations.
    """

    def __init__(self, request, maker):
        self._id = request.id
        self._autoreset = request.autoreset
        self._has_begun = bytearray(request.copies)
        self.environments = []
        maker.prepare()
        for _ in range(request.copies):
            self.environments.append(maker.make())
        first = self.environments[0]
        actions = discrete_actions(first.action_space, self._id)
        self._actions, self._first_action = int(actions.n), int(getattr(actions, "start", 0))
        is_lenient = comes_with_gymnasium(first)
        self._rows = rows_of(first.observation_space, self._id, is_lenient)
        self._lay_out(request.copies)
        self.ready = self._described(request, first, actions)

    def _lay_out(self, copies):
        self.count = copies
        flags = HEADER.size + 8 * copies
        observations = flags + 2 * copies
        padding = -observations % 8
        self._start, self._flags = padding, padding + flags
        self._observations = padding + observations
        self.largest_answer = observations + 2 * copies * self._rows.size
        if self.largest_answer > ANSWER_LIMIT:
            raise BridgeError(
                "space",
                f"{copies} copies of environment {self._id} with observations of {self._rows.size} "
                f"bytes make answers of {self.largest_answer} bytes, the limit is {ANSWER_LIMIT}: "
                "set fewer runner.environments (or evaluation.episodes), or make the observations "
                'smaller, as by environment.wrappers = ["ResizeObservation(height=84, width=84)"]',
            )
        self._buffer = bytearray(padding + self.largest_answer)
        self._view = memoryview(self._buffer)
        self._rewards = struct.Struct(f"<{copies}d")
        self._newest_rewards = [0.0] * copies
        self._ended = []
        self._rows.attach(self._buffer, self._observations, 2 * copies)
        self._seeds_of = struct.Struct(f"<{copies}q")
        self._actions_of = struct.Struct(f"<{copies}i")
        self.reset_bytes, self.step_bytes = 9 * copies, 4 * copies

    def _described(self, request, first, actions):
        spec = getattr(first, "spec", None)
        limit = request.max_episode_steps or getattr(spec, "max_episode_steps", None)
        threshold = getattr(spec, "reward_threshold", None)
        modes = (getattr(first, "metadata", None) or {}).get("render_modes", [])
        return {
            "protocol": PROTOCOL,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "gymnasium": gymnasium.__version__,
            "observation": self._rows.description(),
            "action": {"type": "Discrete", "n": self._actions, "start": self._first_action},
            "max_episode_steps": int(limit) if limit and limit > 0 else None,
            "reward_threshold": float(threshold) if threshold is not None else None,
            "render_modes": [str(mode) for mode in modes if mode is not None],
            "wrappers": [call["name"] for call in request.wrappers],
        }

    def reset(self, payload, sequence):
        """Resets the masked copies; the answer's bytes."""
        seeds = self._seeds_of.unpack_from(payload, self.count)
        for copy in range(self.count):
            if payload[copy]:
                self._reset_one(copy, seeds[copy] if seeds[copy] >= 0 else None)
        self._rows.check(0, self.count, self._copy_of_row)
        start = self._observations - HEADER.size
        length = self.count * self._rows.size
        HEADER.pack_into(self._buffer, start, length, RESET_DONE, 0, sequence)
        return self._view[start : self._observations + length]

    def step(self, payload, sequence):
        """Steps every copy with its action, and resets the ended ones; the answer's bytes."""
        actions = self._actions_of.unpack_from(payload)
        self._require_actions(actions)
        rewards, ended = self._newest_rewards, self._ended
        put, buffer = self._rows.put, self._buffer
        terminated_at, truncated_at = self._flags, self._flags + self.count
        first, count = self._first_action, self.count
        ended.clear()
        copy = 0
        try:
            for copy, environment in enumerate(self.environments):
                answer = environment.step(actions[copy] + first)
                try:
                    observation, reward, terminated, truncated, _ = answer
                except (TypeError, ValueError):
                    raise self._wrong_answer("step", answer) from None
                rewards[copy] = reward
                buffer[terminated_at + copy] = 1 if terminated else 0
                buffer[truncated_at + copy] = 1 if truncated else 0
                put(copy, observation)
                if terminated or truncated:
                    put(count + len(ended), observation)
                    ended.append(copy)
                    if self._autoreset:
                        self._reset_one(copy, None)
        except BridgeError:
            raise
        except ANY_FAILURE as error:
            raise self._failed(f"step with action {actions[copy] + first}", copy, error) from None
        self._pack_rewards()
        rows = count + len(ended)
        self._rows.check(0, rows, self._copy_of_row)
        stop = self._observations + rows * self._rows.size
        length = stop - self._start - HEADER.size
        HEADER.pack_into(buffer, self._start, length, STEPPED, 0, sequence)
        return self._view[self._start : stop]

    def render(self, copy, sequence):
        """The picture of one copy as the answer's bytes."""
        if not 0 <= copy < self.count:
            raise BridgeError("protocol", f"RENDER of copy {copy}, there are {self.count}")
        try:
            picture = self.environments[copy].render()
        except ANY_FAILURE as error:
            raise self._failed("render", copy, error) from None
        picture = np.asarray(picture) if picture is not None else None
        if picture is None or picture.dtype != np.uint8 or picture.shape[2:] != (3,):
            raise BridgeError(
                "exception",
                f"environment {self._id} rendered no height x width x 3 picture of bytes: it must "
                "be made with render_mode rgb_array, and have it",
            )
        height, width = picture.shape[:2]
        head = HEADER.pack(8 + picture.size, RENDERED, 0, sequence)
        return head + struct.pack("<II", width, height) + picture.tobytes()

    def close(self):
        """Closes every copy; what goes wrong goes to the log."""
        for environment in self.environments:
            try:
                environment.close()
            except ANY_FAILURE:
                traceback.print_exc()

    def _copy_of_row(self, row):
        return row if row < self.count else self._ended[row - self.count]

    def _reset_one(self, copy, seed):
        environment = self.environments[copy]
        try:
            answer = environment.reset() if seed is None else environment.reset(seed=seed)
            try:
                observation, _ = answer
            except (TypeError, ValueError):
                raise self._wrong_answer("reset", answer) from None
            self._rows.put(copy, observation)
        except BridgeError:
            raise
        except ANY_FAILURE as error:
            how = "reset" if seed is None else f"reset with seed {seed}"
            raise self._failed(how, copy, error) from None
        self._has_begun[copy] = 1

    def _require_actions(self, actions):
        if min(actions) < 0 or max(actions) >= self._actions:
            copy = next(i for i, a in enumerate(actions) if not 0 <= a < self._actions)
            raise BridgeError(
                "protocol",
                f"action {actions[copy]} of copy {copy} is not within 0 .. {self._actions - 1}",
            )
        if 0 in self._has_begun:
            raise BridgeError(
                "protocol", f"STEP before the first RESET of copy {self._has_begun.index(0)}"
            )

    def _pack_rewards(self):
        rewards = self._newest_rewards
        try:
            self._rewards.pack_into(self._buffer, self._start + HEADER.size, *rewards)
            is_finite = math.isfinite(math.fsum(rewards))
        except (struct.error, TypeError, ValueError, OverflowError):
            is_finite = False
        if is_finite:
            return
        for copy, reward in enumerate(rewards):
            if not is_finite_number(reward):
                raise BridgeError(
                    "range",
                    f"environment {self._id} gave copy {copy} the reward {one_line(reward)!r}, "
                    "which is no finite number: mend the environment",
                )

    def _wrong_answer(self, what, answer):
        given = type(answer).__name__
        given += f" of {len(answer)}" if hasattr(answer, "__len__") else ""
        meant = {
            "reset": "(observation, info)",
            "step": "(observation, reward, terminated, truncated, info)",
        }
        return BridgeError(
            "exception",
            f"environment {self._id} answered {what} with a {given}, Gymnasium's API has "
            f"{meant[what]}: it may be written for the older gym",
        )

    def _failed(self, what, copy, error):
        return BridgeError(
            "exception",
            f"environment {self._id} failed in {what} (copy {copy}): {described(error)}",
            current_trace(),
        )


def is_finite_number(value):
    """Whether a reward is a finite number."""
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


# Serving -----------------------------------------------------------------------------------------


def watch_parent(parent):
    """Ends this process when its parent is gone, even in the middle of a long step."""

    def watch():
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Server:
    """Answers the parent's requests one after another."""

    def __init__(self, channel):
        self._channel = channel
        self._copies = None
        self._sequence = 0

    def serve(self):
        """Runs until the parent closes or an error ends it; the process's exit code."""
        try:
            self._greet()
            while self._answer_one():
                pass
            return 0
        except EOFError:
            return 0
        except BrokenPipeError:
            return 1
        except BridgeError as error:
            self._report(error)
            return 1
        except Exception as error:
            message = f"the bridge itself failed: {described(error)}"
            self._report(BridgeError("exception", message, current_trace()))
            return 1
        finally:
            if self._copies is not None:
                self._copies.close()

    def _greet(self):
        kind, length = self._next()
        if kind != HELLO:
            raise BridgeError("protocol", f"type {kind} came first, HELLO is due")
        if length > JSON_LIMIT:
            raise BridgeError("protocol", f"HELLO has {length} bytes, the limit is {JSON_LIMIT}")
        payload = bytearray(length)
        self._channel.read_payload(payload)
        try:
            hello = json.loads(payload.decode("utf-8"))
        except ValueError as error:
            raise BridgeError("protocol", f"HELLO is not JSON: {one_line(error)}") from None
        if not isinstance(hello, dict):
            raise BridgeError("protocol", "HELLO is not a JSON object")
        request = Request(hello)
        load_libraries()
        self._copies = Copies(request, Maker(request))
        self._channel.widen(self._copies.largest_answer)
        self._requests = {
            RESET: bytearray(self._copies.reset_bytes),
            STEP: bytearray(self._copies.step_bytes),
            RENDER: bytearray(4),
            CLOSE: bytearray(0),
        }
        self._channel.write_json(READY, self._sequence, self._copies.ready)

    def _next(self):
        length, kind, zero, self._sequence = self._channel.read_header()
        if zero != 0:
            raise BridgeError("protocol", f"a frame's header has {zero} where zero must be")
        return kind, length

    def _answer_one(self):
        kind, length = self._next()
        payload = self._requests.get(kind)
        if payload is None:
            raise BridgeError("protocol", f"no request has type {kind}")
        if length != len(payload):
            raise BridgeError(
                "protocol", f"{NAMES[kind]} has {length} bytes where {len(payload)} are due"
            )
        self._channel.read_payload(payload)
        if kind == STEP:
            self._channel.write(self._copies.step(payload, self._sequence))
        elif kind == RESET:
            self._channel.write(self._copies.reset(payload, self._sequence))
        elif kind == RENDER:
            self._render(payload)
        else:
            self._copies.close()
            self._copies = None
            self._channel.write(HEADER.pack(0, CLOSED, 0, self._sequence))
            return False
        return True

    def _render(self, payload):
        try:
            answer = self._copies.render(*struct.unpack("<i", payload), self._sequence)
        except BridgeError as error:
            if error.kind == "protocol":
                raise
            self._report(error)
        else:
            self._channel.write(answer)

    def _report(self, error):
        value = {"kind": error.kind, "message": one_line(error.message), "traceback": error.trace}
        try:
            self._channel.write_json(ERROR, self._sequence, value)
        except OSError:
            pass  # The parent is gone, nobody is left to tell.


def main():
    """Serves the parent that started this process."""
    channel = Channel.take_over()
    # Ctrl+C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_parent(os.getppid())
    code = Server(channel).serve()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    # Threads that an environment left behind must not hold the process.
    os._exit(code)


if __name__ == "__main__":
    main()
