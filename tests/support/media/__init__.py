"""What tests make: files of every kind, whole, changed and hostile."""
