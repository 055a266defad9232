"""The command that runs the service for platforms."""
