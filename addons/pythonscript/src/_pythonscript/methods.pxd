from _pythonscript.interface cimport *

cdef GDExtensionPtrBuiltInMethod find(int type, str name) except NULL
