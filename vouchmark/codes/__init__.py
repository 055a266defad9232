"""What every code in a report means."""
