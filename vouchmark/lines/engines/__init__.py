"""Do independent verifiers agree, and if not, on what?"""
