cdef object report(object where, object function=*)
cdef int make_room()
cdef int end_room(int limit)
