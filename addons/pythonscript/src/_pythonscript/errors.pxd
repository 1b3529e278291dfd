cdef object report(object where)
cdef void complain(object text) noexcept
