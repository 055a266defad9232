"""Formats of sound: FLAC, ID3 and Ogg."""
