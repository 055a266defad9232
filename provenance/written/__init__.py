"""What do written dates and coordinates mean?"""
