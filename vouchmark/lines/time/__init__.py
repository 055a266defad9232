"""When was it signed, says who, and can all the times that are stated be true?"""
