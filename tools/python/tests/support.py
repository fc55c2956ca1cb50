"""What the tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SOURCES = Path(__file__).resolve().parents[1] / "src"


class NodeServer:
    """A server of Understudy's environments in a process of its own; needs Node and the built packages."""

    def __init__(self, environments: list[str], **options: Any) -> None:
        given = {"address": "tcp://127.0.0.1:*", "environments": [{"id": id} for id in environments], **options}
        script = ROOT / "test" / "scripts" / "environment-server.js"
        # A file, not a pipe: nobody reads it while the server runs.
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            ["node", str(script), json.dumps(given)], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError(f"The server did not start: {self.log.read()}")

    def stop(self) -> int:
        assert self.process.stdout is not None
        self.process.terminate()
        status = self.process.wait(20)
        self.process.stdout.close()
        self.log.close()
        return status


class PythonServer:
    """A server of Gymnasium's environments in a thread."""

    def __init__(self, *environments: str, **options: Any) -> None:
        from understudy.serve import EnvironmentServer, ServerOptions

        self.lines: list[str] = []
        given = {"address": "tcp://127.0.0.1:*", "log": self.lines.append, **options}
        self.server = EnvironmentServer(ServerOptions(environments=environments, **given))
        self.address = self.server.address
        self._thread = threading.Thread(target=self.server.serve)
        self._thread.start()

    def stop(self) -> None:
        self.server.stop()
        self._thread.join()


def run_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in a Python of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCES), *sys.path]), **variables}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
