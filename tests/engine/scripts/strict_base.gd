extends RefCounted
## A base with nothing in it: the strict script shows that it can have one.
