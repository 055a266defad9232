"""Does a certificate lead to an anchor: which paths are there, what may stand on one, and which names may it carry?"""
