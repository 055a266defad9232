"""What do people without a key change, so that a viewer shows something else while what is hashed stays as it was?"""
