"""Understudy's environments in Gymnasium.

``make`` gives a ``gymnasium.Env`` and ``make_vec`` a ``gymnasium.vector.VectorEnv`` whose environments live on a server
(``understudy serve``). ``python -m understudy.serve`` is such a server for Gymnasium's own environments.
"""

from .dependencies import check_dependencies

check_dependencies()

from .env import RemoteEnv, list_environments, make  # noqa: E402
from .errors import InputError, ProtocolError, ServerTimeoutError  # noqa: E402
from .keys import ClientKeys, ServerKeys, default_key_directory, load_client_keys, load_server_keys  # noqa: E402
from .vector import RemoteVectorEnv, make_vec  # noqa: E402
from .version import VERSION as __version__  # noqa: E402

__all__ = [
    "ClientKeys",
    "InputError",
    "ProtocolError",
    "RemoteEnv",
    "RemoteVectorEnv",
    "ServerKeys",
    "ServerTimeoutError",
    "__version__",
    "default_key_directory",
    "list_environments",
    "load_client_keys",
    "load_server_keys",
    "make",
    "make_vec",
]
