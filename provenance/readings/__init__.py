"""How do readers of other types find something of theirs in a file, and what does the file's own format declare?"""
