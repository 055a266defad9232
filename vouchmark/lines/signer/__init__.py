"""Who signed, and who vouches for that signer?"""
