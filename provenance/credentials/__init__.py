"""Content Credentials: the model, the engines that read them, and what they leave to us."""
