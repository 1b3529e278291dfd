cdef object report(object where)
cdef int make_room()
cdef int end_room(int limit)
