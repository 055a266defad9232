"""The index of known media: segments on disk, look-ups, and lists of others."""
