"""What has to be installed beside this package, told by name when it is not."""

from __future__ import annotations

import importlib.util

_distributions = {"zmq": "pyzmq", "msgpack": "msgpack", "numpy": "numpy", "gymnasium": "gymnasium"}


def check_dependencies() -> None:
    """Raises ImportError, with what to install, when something that this package needs is missing."""
    missing = [name for module, name in _distributions.items() if importlib.util.find_spec(module) is None]
    if missing:
        names = " ".join(missing)
        raise ImportError(f"The package understudy needs {', '.join(missing)}: run python -m pip install {names}.")
