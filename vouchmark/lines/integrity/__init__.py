"""Are these the bytes that were signed?"""
