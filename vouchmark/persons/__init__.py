"""Persons in a run: whom the reader counts, and what the vouches of all its files turn out to be."""
