"""The version that the stand-in behaves like: GYMNASIUM_STANDIN_VERSION, 1.0.0 unless it is set."""

import os
import re

__version__ = os.environ.get("GYMNASIUM_STANDIN_VERSION") or "1.0.0"

VERSION = tuple(int(number) for number in re.findall(r"\d+", __version__)[:2])
IS_BEFORE_1_0 = VERSION < (1, 0)
IS_BEFORE_0_28 = VERSION < (0, 28)
