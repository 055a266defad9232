"""What one check does, from a path or bytes to a report."""
