"""How are strangers' files parsed where a crash, a hang or a flood of memory harms nobody?"""
