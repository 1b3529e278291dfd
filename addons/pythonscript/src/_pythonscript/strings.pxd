cdef object to_str(const void *string)
cdef object name_to_str(const void *string_name)
cdef object path_to_str(const void *node_path)
cdef int new_string(object text, void *r_string) except -1
cdef int new_name(object text, void *r_string_name) except -1
cdef int new_path(object text, void *r_node_path) except -1
cdef void free_string(void *string) noexcept nogil
cdef void free_name(void *string_name) noexcept nogil
cdef void *intern(object text) except NULL

cdef class Name:
    cdef void *value         # the StringName
    cdef object text         # what stands for it in Python, once that was asked for

cdef Name name_of(object text)
cdef Name name_at(const void *string_name)
cdef void copy_name(const void *string_name, void *r_string_name) noexcept
