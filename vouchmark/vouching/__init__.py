"""Vouches of one's own: to what they are bound, how they are made, kept and embedded."""
