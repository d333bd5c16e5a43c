"""Forks of the students' repository: fetched from wherever they are, never checked out, never run by git."""
