from _pythonscript.interface cimport *

cdef object finish(Variant *result, GDExtensionCallError *error, object where, tuple values, bint shared=*)
cdef bint hand_over(object error, uint64_t object_id, object method, object function)
cdef object call_bind(GDExtensionMethodBindPtr bind, void *ptr, object where, tuple values, object enum)
cdef object bound(object target, str name)
cdef tuple described(object target, str name)
cdef tuple in_order(str where, tuple known, tuple arguments, dict keywords)
