"""Evidence that stands: what was found, with the bytes and all that decided, for anybody to check again years later."""
