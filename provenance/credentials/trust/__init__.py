"""Which lists does the reader trust: what they hold, how they are kept, and how they come in?"""
