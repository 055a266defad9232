"""Where manifest stores lie in files."""
