"""Media that the reader knows: look-ups in an index, originals, soft bindings."""
