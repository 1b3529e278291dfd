from _pythonscript.interface cimport *

cdef GDExtensionPtrBuiltInMethod method(int type, str name) except NULL
cdef object type_name(int type)
