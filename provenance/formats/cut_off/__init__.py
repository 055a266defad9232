"""Does a file break off before its end?"""
