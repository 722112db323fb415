"""A PostgreSQL that keeps its promises: the tests' own server doesn't sync to disk, a measured one must."""

from __future__ import annotations

import subprocess

from tests.postgres_server import PostgresServer, _binary


class DurablePostgres(PostgresServer):
    """The server with its defaults: every commit is on the disk before it is confirmed."""

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.home}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [_binary("postgres"), "-D", self.data, *settings],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.home,
                start_new_session=True,
            )
