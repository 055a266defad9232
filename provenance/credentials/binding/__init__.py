"""Hard bindings: which bytes the signature covers, and do they hold?"""
