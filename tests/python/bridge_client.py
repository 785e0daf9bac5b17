"""Starts the bridge's script as the parent does, and speaks its protocol."""

import json
import os
import struct
import subprocess
import sys
import threading

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.environ.get("DQN_BRIDGE_SCRIPT") or os.path.normpath(
    os.path.join(HERE, "../../src/Environments/Gymnasium/dqnakka_bridge.py")
)
ENVIRONMENTS = os.path.join(HERE, "environments")
STANDIN = os.path.join(HERE, "standin")

BOOT = (
    "import os,sys,linecache\n"
    "n,s=int(sys.argv[1]),b''\n"
    "while len(s)<n: s+=os.read(0,n-len(s)) or sys.exit(1)\n"
    "t=s.decode()\n"
    "linecache.cache['dqnakka_bridge.py']=(n,None,t.splitlines(True),'dqnakka_bridge.py')\n"
    "exec(compile(t,'dqnakka_bridge.py','exec'))"
)

HELLO, RESET, STEP, RENDER, CLOSE = 1, 2, 3, 4, 5
READY, RESET_DONE, STEPPED, RENDERED, CLOSED, ERROR = 101, 102, 103, 104, 105, 199
HEADER = struct.Struct("<IHHI")


def has_real_gymnasium():
    """Whether the real package is importable without the stand-in's folder."""
    code = "import sys,gymnasium;sys.exit(0 if hasattr(gymnasium,'vector') else 1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return done.returncode == 0


def search_path(with_standin):
    """PYTHONPATH with the tests' environments, and the stand-in where the real one is not."""
    folders = [ENVIRONMENTS] + ([STANDIN] if with_standin else [])
    return os.pathsep.join(folders)


class BridgeFailure(Exception):
    """An ERROR frame."""

    def __init__(self, value):
        super().__init__(f"{value['kind']}: {value['message']}")
        self.kind = value["kind"]
        self.message = value["message"]
        self.traceback = value["traceback"]


class Bridge:
    """One child and its frames; a context manager that ends the child by its id."""

    def __init__(self, python=None, deadline=60.0, **variables):
        with open(SCRIPT, "rb") as file:
            script = file.read()
        environment = dict(os.environ)
        environment.update({name: str(value) for name, value in variables.items()})
        self.process = subprocess.Popen(
            [python or sys.executable, "-c", BOOT, str(len(script))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            bufsize=0,
        )
        self._deadline = threading.Timer(deadline, self.process.kill)
        self._deadline.daemon = True
        self._deadline.start()
        self._log = []
        self._drain = threading.Thread(target=self._read_log, daemon=True)
        self._drain.start()
        self.sequence = 0
        self.write(script)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._deadline.cancel()
        self.process.kill()
        self.process.wait()
        self._drain.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def _read_log(self):
        for line in iter(self.process.stderr.readline, b""):
            self._log.append(line.decode(errors="replace"))

    def log(self):
        """All that the child wrote to stderr, once it has ended."""
        self.process.wait()
        self._drain.join()
        return "".join(self._log)

    def write(self, data):
        """Raw bytes to the child."""
        data = memoryview(data)
        while data:
            data = data[self.process.stdin.write(data) :]

    def send(self, kind, payload=b""):
        """One frame to the child, with the next sequence number."""
        self.sequence += 1
        self.write(HEADER.pack(len(payload), kind, 0, self.sequence) + payload)

    def _read(self, length):
        data = bytearray()
        while len(data) < length:
            part = self.process.stdout.read(length - len(data))
            if not part:
                raise EOFError(f"the child ended after {len(data)} of {length} bytes")
            data += part
        return bytes(data)

    def receive(self, expected):
        """The payload of the answer, which must have this type and the newest sequence number."""
        length, kind, zero, sequence = HEADER.unpack(self._read(HEADER.size))
        payload = self._read(length)
        assert (zero, sequence) == (0, self.sequence), (zero, sequence, self.sequence)
        if kind == ERROR:
            raise BridgeFailure(json.loads(payload))
        assert kind == expected, (kind, expected)
        return payload

    def hello(self, env_id, copies=1, kwargs=None, wrappers=(), autoreset=True, **more):
        """The handshake; what READY says."""
        calls = [
            call if isinstance(call, dict) else {"name": call[0], "kwargs": call[1]}
            for call in ((w, {}) if isinstance(w, str) else w for w in wrappers)
        ]
        value = {
            "protocol": 1,
            "id": env_id,
            "kwargs": kwargs or {},
            "copies": copies,
            "wrappers": calls,
            "max_episode_steps": 0,
            "render_mode": None,
            "autoreset": autoreset,
        }
        value.update(more)
        self.send(HELLO, json.dumps(value).encode())
        self.ready = json.loads(self.receive(READY))
        self.copies = copies
        space = self.ready["observation"]
        if space["type"] == "Discrete":
            self.shape, self.dtype = (), np.dtype("<i4")
        else:
            bytes_ = {"uint8": np.uint8, "bool": np.bool_}
            self.shape = tuple(space["shape"])
            self.dtype = np.dtype(bytes_.get(space["dtype"], "<f4"))
        self.size = int(np.prod(self.shape)) * self.dtype.itemsize
        return self.ready

    def _observations(self, payload, rows, offset):
        count = rows * self.size // self.dtype.itemsize
        values = np.frombuffer(payload, self.dtype, count, offset)
        return values.reshape((rows,) + self.shape)

    def reset(self, seeds=None, mask=None):
        """Observations after a reset of the masked copies (all of them where no mask is given)."""
        seeds = [-1] * self.copies if seeds is None else seeds
        mask = [1] * self.copies if mask is None else mask
        self.send(RESET, bytes(mask) + struct.pack(f"<{self.copies}q", *seeds))
        payload = self.receive(RESET_DONE)
        assert len(payload) == self.copies * self.size
        return self._observations(payload, self.copies, 0)

    def step(self, actions):
        """(rewards, terminated, truncated, observations, {copy: final observation})."""
        self.send(STEP, struct.pack(f"<{self.copies}i", *actions))
        payload = self.receive(STEPPED)
        n = self.copies
        rewards = np.frombuffer(payload, "<f8", n)
        terminated = np.frombuffer(payload, np.bool_, n, 8 * n)
        truncated = np.frombuffer(payload, np.bool_, n, 9 * n)
        ended = np.flatnonzero(terminated | truncated)
        assert len(payload) == 10 * n + (n + len(ended)) * self.size, len(payload)
        rows = self._observations(payload, n + len(ended), 10 * n)
        finals = {int(copy): rows[n + i] for i, copy in enumerate(ended)}
        return rewards, terminated, truncated, rows[:n], finals

    def render(self, copy=0):
        """The picture of one copy, height x width x 3."""
        self.send(RENDER, struct.pack("<i", copy))
        payload = self.receive(RENDERED)
        width, height = struct.unpack_from("<II", payload)
        return np.frombuffer(payload, np.uint8, -1, 8).reshape(height, width, 3)

    def close(self):
        """Closes the child; its exit code."""
        self.send(CLOSE)
        assert self.receive(CLOSED) == b""
        return self.process.wait()
