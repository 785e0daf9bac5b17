"""make, register, registry and spec."""

import copy
import difflib
import importlib
import re
from dataclasses import dataclass, field

from gymnasium import error, logger
from gymnasium.release import IS_BEFORE_0_28, IS_BEFORE_1_0
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit

ID = re.compile(r"^(?:(?P<namespace>[\w:-]+)\/)?(?:(?P<name>[\w:.-]+?))(?:-v(?P<version>\d+))?$")

registry = {}


@dataclass
class EnvSpec:
    """What is registered of an environment."""

    id: str
    entry_point: object = None
    reward_threshold: float = None
    nondeterministic: bool = False
    max_episode_steps: int = None
    order_enforce: bool = True
    disable_env_checker: bool = False
    kwargs: dict = field(default_factory=dict)
    namespace: str = field(init=False)
    name: str = field(init=False)
    version: int = field(init=False)

    def __post_init__(self):
        self.namespace, self.name, self.version = parse_env_id(self.id)


def parse_env_id(env_id):
    """(namespace, name, version); version None where the id has none."""
    match = ID.fullmatch(env_id)
    if not match:
        raise error.Error(
            f"Malformed environment ID: {env_id}. (Currently all IDs must be of the form "
            "[namespace/](env-name)-v(version). (namespace is optional))"
        )
    namespace, name, version = match.group("namespace", "name", "version")
    return namespace, name, None if version is None else int(version)


def register(id, entry_point=None, **fields):
    """Makes an environment known."""
    spec_ = EnvSpec(id, entry_point, **fields)
    if spec_.id in registry:
        logger.warn(f"Overriding environment {spec_.id} already in registry.")
    registry[spec_.id] = spec_


def register_envs(env_module):
    """Nothing: the import of the module was what registered."""


def load_plugins():
    """Before 1.0 installed packages were registered by their entry points, unasked."""
    if IS_BEFORE_1_0:
        try:
            importlib.import_module("shimmy")
        except ImportError:
            pass


def _suggestion(wrong, known):
    close = difflib.get_close_matches(wrong, [name for name in known if name], n=1)
    return f" Did you mean: `{close[0]}`?" if close else ""


def _require_registered(namespace, name, version):
    specs = list(registry.values())
    namespaces = {spec_.namespace for spec_ in specs}
    if namespace is not None and namespace not in namespaces:
        hint = _suggestion(namespace, namespaces)
        hint = hint or f" Have you installed the proper package for {namespace}?"
        raise error.NamespaceNotFound(f"Namespace {namespace} not found.{hint}")
    same = [spec_ for spec_ in specs if (spec_.namespace, spec_.name) == (namespace, name)]
    where = f" in namespace {namespace}" if namespace else ""
    if not same:
        names = {spec_.name for spec_ in specs if spec_.namespace == namespace}
        hint = _suggestion(name, names)
        raise error.NameNotFound(f"Environment `{name}` doesn't exist{where}.{hint}")
    latest = max(same, key=lambda spec_: -1 if spec_.version is None else spec_.version)
    if version is not None and latest.version is not None and version > latest.version:
        listed = ", ".join(f"`v{spec_.version}`" for spec_ in same)
        raise error.VersionNotFound(
            f"Environment version `v{version}` for environment `{name}` doesn't exist. "
            f"It provides versioned environments: [ {listed} ]."
        )
    if version is not None and latest.version is not None and version < latest.version:
        raise error.DeprecatedEnv(
            f"Environment version v{version} for `{name}` is deprecated. "
            f"Please use `{latest.id}` instead."
        )


def spec(env_id):
    """What is registered under an id."""
    found = registry.get(env_id)
    if found is None:
        _require_registered(*parse_env_id(env_id))
        raise error.Error(f"No registered env with id: {env_id}")
    return found


def _find(env_id):
    module, _, name = env_id.rpartition(":")
    if module:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(
                f"{missing}. Environment registration via importing a module failed. "
                f"Check whether '{module}' contains env registration and can be imported."
            ) from missing
    namespace, bare, version = parse_env_id(name)
    known = [
        spec_.version
        for spec_ in registry.values()
        if (spec_.namespace, spec_.name) == (namespace, bare) and spec_.version is not None
    ]
    if version is None and known:
        latest = name + f"-v{max(known)}"
        logger.warn(f"Using the latest versioned environment `{latest}` instead of `{name}`.")
        return registry[latest]
    if version is not None and known and max(known) > version:
        logger.warn(f"The environment {name} is out of date.")
    return spec(name)


def _creator(spec_):
    if spec_.entry_point is None:
        raise error.Error(f"{spec_.id} registered but entry_point is not specified")
    if callable(spec_.entry_point):
        return spec_.entry_point
    module, name = spec_.entry_point.split(":")
    return getattr(importlib.import_module(module), name)


def make(id, max_episode_steps=None, disable_env_checker=None, **kwargs):
    """An environment by its id, checked, order enforced and limited as it is registered."""
    if IS_BEFORE_1_0:
        for name in ("autoreset", "apply_api_compatibility"):
            assert not kwargs.pop(name, None), f"the stand-in has no {name}"
    spec_ = copy.deepcopy(id if isinstance(id, EnvSpec) else _find(id))
    spec_.kwargs.update(kwargs)
    creator = _creator(spec_)
    mode = spec_.kwargs.get("render_mode")
    modes = getattr(creator, "metadata", {}).get("render_modes", [])
    if mode is not None and mode not in modes:
        logger.warn(
            f"The environment is being initialised with render_mode={mode!r} that is not in the "
            f"possible render_modes ({modes})."
        )
    try:
        env = creator(**spec_.kwargs)
    except TypeError as failure:
        if IS_BEFORE_0_28:
            raise
        raise type(failure)(
            f"{failure} was raised from the environment creator for {spec_.id} "
            f"with kwargs ({spec_.kwargs})"
        ) from failure
    if max_episode_steps is not None and not IS_BEFORE_0_28:
        spec_.max_episode_steps = max_episode_steps
    env.unwrapped.spec = spec_
    if not (spec_.disable_env_checker if disable_env_checker is None else disable_env_checker):
        env = PassiveEnvChecker(env)
    if spec_.order_enforce:
        env = OrderEnforcing(env)
    limit = spec_.max_episode_steps if max_episode_steps is None else max_episode_steps
    if limit is not None and limit != -1:
        env = TimeLimit(env, limit)
    return env
