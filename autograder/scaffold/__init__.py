"""What `new-assignment` writes: a small assignment that works, for its author to change piece by piece.

The `.tmpl` files are the assignment's files, with NAME where its name stands.
"""
