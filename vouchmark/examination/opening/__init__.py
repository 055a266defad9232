"""How do sources become something to examine: which are there, where does each lie, and what was opened?"""
