"""The wallet: what a person holds, and the proofs that it makes."""
