"""The untrusted side: everything in this folder, and nothing else of the project, is mounted into the sandbox.

Modules here import the standard library, NumPy and each other (relatively), nothing more.
"""
