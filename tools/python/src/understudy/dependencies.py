"""What has to be installed beside this package, told by name when it is not."""

from __future__ import annotations

import importlib.util
import sys

_distributions = {"zmq": "pyzmq", "msgpack": "msgpack", "numpy": "numpy", "gymnasium": "gymnasium"}


def check_dependencies() -> None:
    """Raises ImportError, with what to install, when something that this package needs is missing.

    A command of this package (``python -m understudy.serve``) ends with the sentence and status 2 instead.
    """
    missing = [name for module, name in _distributions.items() if importlib.util.find_spec(module) is None]
    if not missing:
        return
    sentence = f"The package understudy needs {', '.join(missing)}: run python -m pip install {' '.join(missing)}."
    # Python calls a module that it is about to run as a program "-m" while it imports the packages around it.
    if sys.argv[:1] == ["-m"]:
        print(sentence, file=sys.stderr)
        raise SystemExit(2)
    raise ImportError(sentence)
