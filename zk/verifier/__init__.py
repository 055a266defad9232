"""The verifier: is this vouch valid for a reader, and how many people are behind several?"""
