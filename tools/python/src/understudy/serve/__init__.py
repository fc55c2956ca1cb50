"""A server of Gymnasium's environments: ``python -m understudy.serve --env CartPole-v1``."""

from .options import ServerOptions
from .server import EnvironmentServer

__all__ = ["EnvironmentServer", "ServerOptions"]
