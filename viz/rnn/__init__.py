"""One weight used at every step is many edges: backprop adds what each of them carries."""
