"""Have we seen this, or something like it?"""
