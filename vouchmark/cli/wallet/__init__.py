"""The commands with which a person holds credentials."""
