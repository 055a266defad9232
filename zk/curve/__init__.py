"""BLS12-381 behind one small interface, with two backends that give equal bytes."""
