"""`pytest --assignment hw2p1` shows the sections of a homework as tests; without the option this does nothing."""

pytest_plugins = ["autograder.pytest_plugin"]
