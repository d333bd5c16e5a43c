"""Where courses live: each system's format, a module each, fed by a report and nothing else.

A writer is a pure function of a report and its context. Texts that a submission had a hand in are made
safe for the place where they end up, in the module that puts them there.
"""
