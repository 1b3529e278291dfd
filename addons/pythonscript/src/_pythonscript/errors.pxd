cdef object report(object where, object function=*, object error=*)
cdef object report_in(object self, str method)
cdef int make_room()
cdef int end_room(int limit)
