"""What is said, in whole sentences, and under which facts."""
