"""A course autograder: what is expected never enters the process that runs student code."""

__version__ = "0.1.0"
