"""Exact and perceptual hashes, and what two pictures or recordings have in common."""
