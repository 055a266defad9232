"""Files as they are opened and written: windows, whole files, what lies beside them."""
