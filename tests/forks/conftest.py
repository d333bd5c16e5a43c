"""The servers' fixtures."""

from git_servers import released, server, solution

__all__ = ["released", "server", "solution"]
