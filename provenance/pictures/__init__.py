"""A picture's size by its header, and the small pictures that a browser may be shown."""
