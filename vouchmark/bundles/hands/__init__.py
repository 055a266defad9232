"""Through whose hands did a bundle go, and who signs for it: custody, seals, stamps, copies?"""
