from _pythonscript.interface cimport *

cdef GDExtensionPtrBuiltInMethod method(int type, str name) except NULL
