"""The host's compiled half: what touches raw pointers. The `godot` package is its Python face.

Arrows go one way, in this order: interface, values, strings, builtin, errors, handles, objects, packed,
buffers, variant, outgoing, natives, callables, containers, members, utilities, incoming, classes, mainloop,
documentation. Each module opens with what it is for, and the engine functions it calls.
"""
