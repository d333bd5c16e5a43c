"""Assignments: what is asked, on which inputs, and what is right. Knows no platform and runs no student code."""
