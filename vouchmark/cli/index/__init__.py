"""The commands on the index of known media."""
