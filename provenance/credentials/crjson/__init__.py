"""How are Content Credentials written down in crJSON, and how is an engine's crJSON read?"""
