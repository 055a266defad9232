"""Every sentence that a person reads, in one catalogue: an id, named parameters, and when it may be said."""
