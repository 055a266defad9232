"""Is synthetic origin or editing declared, and by whom?"""
