"""Methods of the builtin types, for the other compiled modules."""
