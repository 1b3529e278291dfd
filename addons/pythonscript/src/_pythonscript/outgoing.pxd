from _pythonscript.interface cimport *

cdef object finish(Variant *result, GDExtensionCallError *error, object where, tuple values, bint shared=*)
