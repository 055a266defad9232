"""Policies: what a reader does with a report."""
