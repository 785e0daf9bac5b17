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
* Observations are checked against the bounds that their space declares; NaN and infinity are never
  passed on.
* A render that fails is answered by an ERROR and leaves the environments as they are. Every other
  ERROR ends this process.

Standard library, numpy and gymnasium (0.26 and newer) only; cv2 is used where it is there.
"""

import difflib
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
MESSAGE_LIMIT = 2000
TRACEBACK_LIMIT = 1 << 16
PIPE_BYTES = 1 << 20
OLDEST_GYMNASIUM = (0, 26)
FLOAT32_MAX = 3.4028234663852886e38


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
    """Half a sentence that names the known name nearest to a wrong one; empty where none is near."""
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
        return cls(source, target)

    def widen(self, size):
        """Lets an answer of this size pass in one go where the platform can make pipes larger."""
        try:
            import fcntl

            fcntl.fcntl(self._target, 1031, min(PIPE_BYTES, max(size, 1 << 16)))  # F_SETPIPE_SZ
        except (ImportError, OSError):
            pass  # The pipe stays as it is: slower, not wrong.

    def read_header(self):
        """(length, type, sequence number) of the next frame, or None at the end of the pipe."""
        if not self._fill(self._header, at_start=True):
            return None
        length, kind, zero, sequence = HEADER.unpack(self._header)
        if zero != 0:
            raise BridgeError("protocol", f"a frame's header has {zero} where zero must be")
        return length, kind, sequence

    def read_payload(self, view):
        """Fills the view with the payload."""
        if not self._fill(view, at_start=False):
            raise EOFError

    def _fill(self, view, at_start):
        view = memoryview(view)
        filled = 0
        while filled < len(view):
            count = self._source.readinto(view[filled:])
            if not count:
                if at_start and filled == 0:
                    return False
                raise EOFError
            filled += count
        return True

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
        self._make_kwargs = dict(self._kwargs)
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
            register(importlib.import_module(name))
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
        except (Exception, SystemExit) as error:
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
        if type(error).__name__ in ("DeprecatedEnv", "VersionNotFound"):
            same = [name for name in known if name.partition("-v")[0] == bare.partition("-v")[0]]
            near = f" (there is {', '.join(sorted(same))})" if same else nearest(bare, known)
        else:
            near = nearest(bare, known)
        return BridgeError(
            "unknown-id",
            f"gymnasium {gymnasium.__version__} has no environment {self._request.id}{near}; "
            "one that a package of its own registers is named with its module, as in "
            f"environment.id = \"module:{bare}\" [{one_line(error)}]",
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


def is_malformed_id(error, errors):
    """Whether gymnasium could not even read the id."""
    return type(error) is errors.Error and ("Malformed" in str(error) or "No registered" in str(error))


def atari_pip():
    """Installs Atari: its ROMs were an extra of their own before 1.0."""
    if gymnasium.__version__.startswith("0."):
        return pip("gymnasium[atari,accept-rom-license]")
    return pip("gymnasium[atari]")


# Wrappers ----------------------------------------------------------------------------------------

WRAPPERS = {}


def wrap(environment, call, environment_id):
    """The environment in the wrapper that the call names."""
    name = call.get("name") if isinstance(call, dict) else None
    kwargs = call.get("kwargs", {}) if isinstance(call, dict) else None
    if not isinstance(name, str) or not isinstance(kwargs, dict):
        raise BridgeError("protocol", "a wrapper of HELLO is not a name and kwargs")
    raise BridgeError(
        "wrapper",
        f"the bridge has no wrapper {name}{nearest(name, WRAPPERS)} for {environment_id}; "
        f"it has {', '.join(sorted(WRAPPERS))}",
    )


# Spaces ------------------------------------------------------------------------------------------


class BoxRows:
    """Observations of a Box as rows of one buffer, in the dtype in which they travel."""

    def __init__(self, space, environment_id):
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
            raise self._outside(start, stop, copy_of)
        np.less_equal(rows, self._finite_high, out=mask)
        if self._mask.find(0, first, last) >= 0:
            raise self._outside(start, stop, copy_of)

    def _outside(self, start, stop, copy_of):
        rows = self._rows[start:stop].reshape(stop - start, -1)
        low, high = self._finite_low.reshape(-1), self._finite_high.reshape(-1)
        row, component = np.argwhere(~((rows >= low) & (rows <= high)))[0]
        value = rows[row, component]
        where = f"environment {self._id} gave {value} as component {component} of copy "
        where += f"{copy_of(start + int(row))}'s observation"
        if not np.isfinite(value):
            return BridgeError("range", f"{where}, which no network can read: mend the environment")
        bounds = f"[{self._low.reshape(-1)[component]}, {self._high.reshape(-1)[component]}]"
        return BridgeError(
            "range",
            f"{where}, outside {bounds}, which its observation_space declares: mend the "
            'environment, or cut its values by environment.wrappers = ["ClipObservation"]',
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
    """One number where all are equal, else a flat list; JSON has no infinities, so they are text."""
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


def rows_of(space, environment_id):
    """How this observation space's values travel."""
    name = type(space).__name__
    if is_space(space, "Box"):
        return BoxRows(space, environment_id)
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
        self._rows = rows_of(first.observation_space, self._id)
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
        rewards, put, buffer, ended = self._newest_rewards, self._rows.put, self._buffer, self._ended
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
        except (Exception, SystemExit) as error:
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
        except (Exception, SystemExit) as error:
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
            except (Exception, SystemExit):
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
        except (Exception, SystemExit) as error:
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
                    f"environment {self._id} gave copy {copy} the reward {one_line(repr(reward))}, "
                    "which is no finite number: mend the environment",
                )

    def _wrong_answer(self, what, answer):
        given = type(answer).__name__
        given += f" of {len(answer)}" if hasattr(answer, "__len__") else ""
        meant = {"reset": "(observation, info)", "step": "(observation, reward, terminated, truncated, info)"}
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
            raise BridgeError("protocol", f"the first frame has type {kind}, HELLO ({HELLO}) is due")
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
        header = self._channel.read_header()
        if header is None:
            raise EOFError
        length, kind, self._sequence = header
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
