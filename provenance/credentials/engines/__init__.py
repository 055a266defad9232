"""The two engines, and what both are asked."""
