"""Shows every section of the homework as a test: `pytest`, or the test explorer of an editor."""

pytest_plugins = ["autograder.pytest_plugin"]
