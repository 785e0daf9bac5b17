"""Errors, in the same tree as the real package's."""


class Error(Exception):
    """Parent of all."""


class Unregistered(Error):
    """Something that was asked for is not registered."""


class UnregisteredEnv(Unregistered):
    """An environment that was asked for is not registered."""


class NamespaceNotFound(UnregisteredEnv):
    """No environment has this namespace."""


class NameNotFound(UnregisteredEnv):
    """No environment of the namespace has this name."""


class VersionNotFound(UnregisteredEnv):
    """The name has no version this new."""


class DeprecatedEnv(Error):
    """The name has no version this old any more."""


class RegistrationError(Error):
    """An environment cannot be registered so."""


class DependencyNotInstalled(Error):
    """An environment needs a package that is not there."""


class ResetNeeded(Error):
    """step or render came before reset."""


class InvalidAction(Error):
    """An action is not in the action space."""
