"""The command that checks files."""
