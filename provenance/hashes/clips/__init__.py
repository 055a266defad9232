"""Sound and films over time: what of one recording is in another, and where."""
