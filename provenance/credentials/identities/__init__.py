"""What do identities that somebody attached beside the signer say, and what of it holds? (CAWG)"""
