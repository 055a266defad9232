"""What a platform, a tool or a network left of files: two folders, before and after, held against each other."""
