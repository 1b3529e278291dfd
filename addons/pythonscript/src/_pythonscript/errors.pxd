cdef object report(object where)
