"""How are Content Credentials made: signed, stamped with a time, put into a file?"""
