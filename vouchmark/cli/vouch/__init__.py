"""The commands with which a person stands behind a file."""
