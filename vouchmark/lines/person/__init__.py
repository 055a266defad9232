"""Does a real person stand behind this?"""
