"""The first line of a report: the answer, and what a reader should hear with it."""
