"""Reports for people and files: the console, JSON and its schema, progress, and what changed since the last run.

Everything here is fed by `grading.report.Report`. Texts that a submission had a hand in go through
`text.shown`; nothing else makes them safe to print.
"""
