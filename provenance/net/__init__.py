"""What goes out over the network, and by which rules."""
