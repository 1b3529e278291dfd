"""What `tools/dev.py` is made of: one idea a module, standard library only."""
