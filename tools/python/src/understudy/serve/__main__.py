"""The command: ``python -m understudy.serve``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from ..errors import InputError
from ..keys import load_server_keys
from .options import ServerOptions
from .server import EnvironmentServer


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit status: 2 for wrong inputs."""
    parser = argparse.ArgumentParser(
        prog="python -m understudy.serve", description="Serve Gymnasium's environments over the rollout protocol."
    )
    parser.add_argument("--env", action="append", required=True, metavar="ID", help="an environment to offer; repeatable")
    parser.add_argument("--bind", default="tcp://127.0.0.1:5555", metavar="ADDRESS", help="default: %(default)s")
    parser.add_argument("--keys", metavar="DIRECTORY", help="CURVE keys, needed beyond this machine")
    parser.add_argument("--key-name", "--key", default="server", metavar="NAME", help="the server's pair in it; default: %(default)s")
    parser.add_argument("--import", action="append", default=[], dest="modules", metavar="MODULE",
                        help="a module that registers environments; repeatable")  # fmt: skip
    parser.add_argument("--lease", type=float, default=60.0, metavar="SECONDS",
                        help="silent sessions are closed after so long; default: %(default)s")  # fmt: skip
    arguments = parser.parse_args(argv)
    try:
        options = ServerOptions(
            address=arguments.bind,
            environments=tuple(arguments.env),
            modules=tuple(arguments.modules),
            keys=load_server_keys(arguments.keys, arguments.key_name) if arguments.keys else None,
            lease_seconds=arguments.lease,
        )
        server = EnvironmentServer(options)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    print(f"Serving {', '.join(arguments.env)} at {server.address}", flush=True)
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
