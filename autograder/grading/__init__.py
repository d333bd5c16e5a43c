"""Grading one submission: run, compare, score, report."""
