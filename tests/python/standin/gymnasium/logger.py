"""Warnings, in the real package's words: to stderr by the warnings module."""

import warnings


def warn(message, *arguments):
    """Warns the user."""
    warnings.warn(f"WARN: {message % arguments if arguments else message}", stacklevel=3)


def deprecation(message, *arguments):
    """Warns of what will go."""
    warnings.warn(f"DEPRECATED: {message % arguments if arguments else message}", stacklevel=3)
