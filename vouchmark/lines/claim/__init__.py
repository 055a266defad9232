"""Does what is said about it agree with what is signed about place and time?"""
