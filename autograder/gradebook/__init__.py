"""The database of a batch: every attempt, every grading, every adjustment, and nothing ever overwritten."""
