"""One file for each line of evidence."""
