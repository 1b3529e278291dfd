"""Values between Python and the engine: every Variant type, in both directions.

    engine                          Python                                    kept or copied
    null, bool, int, float, String  None, bool, int, float, str               value
    StringName, NodePath            StringName, NodePath (both are str)       value
    Vector2 ... Projection, Color   the value types of `values.pyx`           value
    RID, Callable, Signal           RID, Callable, Signal                     reference
    Object                          the instance, or a proxy                  reference
    Array, Dictionary               list, dict                                copied, with all they contain
                                    Array, Dictionary where asked for         shared (see containers.pyx)
    PackedByteArray                 bytes, or PackedByteArray where asked for copied, or shared
    other packed arrays             Packed...Array (array.array, list)        copied
    the result, or a Signal of it   a coroutine, which is started             (one way)

What is no value of Python's own, but stands for a number (numpy's scalars, Decimal, whatever has `__index__`), crosses over
as that number; a buffer by the format and shape of its items (see buffers.pyx).

Containers are copied deeply: what Python changes in a list, the engine's Array does not see. Shared and
self-containing containers keep their shape. Containers nested deeper than `MOST_NESTED` raise RecursionError. Integers are 64 bits
wide; larger ones raise OverflowError.

A value has three shapes at the boundary: a Variant (varcall), a typed pointer (ptrcall), and a Python object. `Type`
says what a declared member wants; without one a Python value takes its natural Variant type.
"""

import array as _array
import numbers
import operator
from enum import IntFlag
from types import CoroutineType
cimport cython
from cpython.bool cimport PyBool_Check
from cpython.buffer cimport PyObject_CheckBuffer
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_Check
from cpython.long cimport PyLong_Check
from cpython.unicode cimport PyUnicode_Check, PyUnicode_CheckExact
from libc.string cimport memcpy, memset
from _pythonscript.interface cimport *
from _pythonscript cimport buffers, builtin, objects, packed, strings, values
from _pythonscript.handles cimport Handle, new_handle
from _pythonscript.objects cimport Object
from _pythonscript.packed cimport PackedByteArray
from _pythonscript.strings cimport Name
from _pythonscript.values cimport Value, to_int64

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        pass
    bint PyIndex_Check(object)
    bint PyNumber_Check(object)
    bint PyObject_IsTrue(object)
    bint PyObject_TypeCheck(object, PyTypeObject *)

cdef enum:
    TYPES = values.TYPES
    MOST_WITHIN = 4     # numbers of a value that a Variant holds itself
    MOST_MEMBERS = 256  # remembered of an enum

cdef GDExtensionVariantFromTypeConstructorFunc box_variant[TYPES]
cdef GDExtensionTypeFromVariantConstructorFunc unbox_variant[TYPES]
cdef GDExtensionPtrDestructor destroy_value[TYPES]
cdef GDExtensionPtrBuiltInMethod array_size, array_resize, dictionary_keys, dictionary_values, strings_size, strings_resize
cdef GDExtensionPtrConstructor construct_default[TYPES]
cdef void *no_object = NULL
cdef dict packed_classes = {}              # list subclass -> Variant.Type
cdef list packed_lists = [None] * TYPES
cdef list number_arrays = [None] * TYPES   # packed arrays of numbers -> array.array subclass
cdef list packed_items = [None] * TYPES    # of those of values -> Type of their items
cdef list boxes = [None] * TYPES
cdef list container_classes = [None] * TYPES  # Array and Dictionary, once `containers` is loaded
cdef dict members_of_enums = {}            # enum -> number -> what `member_of` gives; Python's own way takes half a microsecond
cdef object start_coroutine = None
cdef object string_name_class = None
cdef object node_path_class = None
cdef int (*python_to_callable)(object, Variant *) except -1
cdef object new_array = _array.array.__new__
cdef object (*share_container)(Type, const Variant *)
cdef int (*write_container)(Type, object, Variant *) except -1


def load(lists, arrays, boxed, string_name, node_path):
    """Looks up the engine's constructors, and is given the Python classes that values take.

    Args:
        lists: {Variant.Type: list subclass} for the packed arrays of strings and values.
        arrays: {Variant.Type: array.array subclass} for the packed arrays of numbers.
        boxed: {Variant.Type: subclass of Box} for RID, Callable and Signal.
        string_name, node_path: the two subclasses of str.
    """
    global array_size, array_resize, dictionary_keys, dictionary_values, strings_size, strings_resize
    global string_name_class, node_path_class
    cdef int type
    cdef int last = TYPES if engine.minor >= 3 else TYPES - 1
    for type in range(1, last):
        box_variant[type] = gde.get_variant_from_type_constructor(<GDExtensionVariantType>type)
        unbox_variant[type] = gde.get_variant_to_type_constructor(<GDExtensionVariantType>type)
        destroy_value[type] = gde.variant_get_ptr_destructor(<GDExtensionVariantType>type)
        construct_default[type] = gde.variant_get_ptr_constructor(<GDExtensionVariantType>type, 0)
    array_size = builtin.method(GDEXTENSION_VARIANT_TYPE_ARRAY, "size")
    array_resize = builtin.method(GDEXTENSION_VARIANT_TYPE_ARRAY, "resize")
    dictionary_keys = builtin.method(GDEXTENSION_VARIANT_TYPE_DICTIONARY, "keys")
    dictionary_values = builtin.method(GDEXTENSION_VARIANT_TYPE_DICTIONARY, "values")
    strings_size = builtin.method(GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY, "size")
    strings_resize = builtin.method(GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY, "resize")
    check_layout()
    buffers.load()
    values.from_python, values.to_python = from_python, to_python
    for table, target in ((lists, packed_lists), (arrays, number_arrays), (boxed, boxes)):
        for type, cls in table.items():
            target[type] = cls
    packed_classes.update({cls: type for type, cls in {**lists, **arrays}.items()})
    string_name_class, node_path_class = string_name, node_path


def load_coroutines(start):
    """Is given what starts a coroutine, of an object's method or of none, and returns its result or the signal that brings it."""
    global start_coroutine
    start_coroutine = start


cdef int check_layout() except -1:
    """Whether Variants are as `interface.pxd` says; nothing has been taken out of one by then."""
    cdef Variant variant
    cdef uint64_t number = 7
    cdef void *string = NULL
    cdef bint fits
    box_variant[<int>GDEXTENSION_VARIANT_TYPE_INT](&variant, &number)
    fits = variant.type == GDEXTENSION_VARIANT_TYPE_INT and variant.words[0] == number
    strings.new_string("7", &string)
    box_variant[<int>GDEXTENSION_VARIANT_TYPE_STRING](&variant, &string)
    fits = fits and variant.type == GDEXTENSION_VARIANT_TYPE_STRING and variant.words[0] == <uint64_t>string
    gde.variant_destroy(&variant)
    strings.free_string(&string)
    if not fits:
        raise RuntimeError("this engine has Variants of another layout than Godot 4.2 to 4.6 in single precision")
    return 0


cdef class Type:
    """What a declared member says of a value.

    Args:
        type: the Variant.Type, 0 for any Variant.
        python: the Python class that values take, where it is not the natural one: an IntEnum, `PackedByteArray`,
            `Array`, `Dictionary` (also of any Variant, which then shares containers), or for an object its class,
            which values are checked against.
        element: the Type of the items of a typed Array, or of the values of a typed Dictionary.
        class_name: an object's engine class.
        refcounted: whether that class descends from RefCounted.
        key: the Type of the keys of a typed Dictionary.
        failure: of an int, what a call returns that raised: FAILED where the int is an `Error`.
    """

    def __init__(self, int type, python=None, Type element=None, str class_name="", bint refcounted=False, Type key=None,
                 int64_t failure=0):
        self.type, self.python, self.element, self.refcounted, self.key = type, python, element, refcounted, key
        self.failure = failure
        self.class_name = strings.intern(class_name) if class_name else NULL
        self.natural = python is None and element is None and not is_boxed(type) and type != GDEXTENSION_VARIANT_TYPE_OBJECT


cdef inline bint is_boxed(int type) noexcept:
    """Whether values of a Variant type stay in the engine's form."""
    return (type == GDEXTENSION_VARIANT_TYPE_RID or type == GDEXTENSION_VARIANT_TYPE_CALLABLE
            or type == GDEXTENSION_VARIANT_TYPE_SIGNAL)


@cython.final
@cython.freelist(4)
cdef class Nesting:
    """Where the copying of one value has got to: the containers met so far, and how many of them it is inside.

    An exception ends the whole copy, so the depth is not put right after one.
    """
    cdef dict met   # a container's identity -> its copy
    cdef int depth

    def __cinit__(self):
        self.met = {}

    cdef int enter(self) except -1:
        if self.depth == MOST_NESTED:
            raise RecursionError(f"containers are nested more than {MOST_NESTED} deep")
        self.depth += 1
        return 0

    cdef void leave(self) noexcept:
        self.depth -= 1


cdef class Box(Handle):
    """A value that stays in the engine's form: RID, Callable, Signal. It is compared and hashed as the engine does.

    Made from Python, it takes what the engine's constructor takes, e.g. `Callable(object, "method")`.
    """

    def __init__(self, *arguments):
        if not self.filled:
            construct_box(self, boxes.index(type(self)), arguments)

    def __eq__(self, other):
        cdef Variant result
        cdef uint8_t valid = 0
        if not isinstance(other, Box):
            return NotImplemented
        gde.variant_evaluate(GDEXTENSION_VARIANT_OP_EQUAL, &self.variant, &(<Box>other).variant, &result, &valid)
        return to_python_and_free(&result) if valid else False

    def __hash__(self):
        return gde.variant_hash(&self.variant)

    def __copy__(self):
        return self  # it does not change

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        cdef void *string = NULL
        with nogil:  # an object's own _to_string may run
            gde.variant_stringify(&self.variant, &string)
        try:
            return f"<{type(self).__name__} {strings.to_str(&string)}>"
        finally:
            strings.free_string(&string)


cdef int construct_box(Box box, int kind, tuple arguments) except -1:
    cdef Variant sources[8]
    cdef Variant result
    cdef const void *pointers[8]
    cdef GDExtensionCallError error
    cdef int made = 0
    if len(arguments) > 8:
        raise TypeError(f"{type(box).__name__} is given too many arguments")
    memset(pointers, 0, sizeof(pointers))  # there may be none, and gcc 15 warns of that
    try:
        for argument in arguments:
            from_python(argument, &sources[made])
            pointers[made] = &sources[made]
            made += 1
        gde.variant_construct(
            <GDExtensionVariantType>kind, &result, <const GDExtensionConstVariantPtr *>pointers, made, &error)
    finally:
        for i in range(made):
            free_variant(&sources[i])
    if error.error != GDEXTENSION_CALL_OK:
        raise TypeError(f"{type(box).__name__} cannot be made from {arguments!r}")
    box.take(&result)
    return 0


cdef void free_value(int type, void *value) noexcept:
    """Destroys a typed value in memory, as `free_variant` does a Variant."""
    if destroy_value[type] is NULL:
        return
    if may_run_code(type):
        with nogil:
            destroy_value[type](value)
    else:
        destroy_value[type](value)


# From the engine to Python


cdef object to_python(const Variant *variant):
    """The natural Python value of a Variant."""
    return read_variant(variant, None)


cdef object to_python_and_free(Variant *variant):
    try:
        return read_variant(variant, None)
    finally:
        free_variant(variant)


cdef object read_variant(const Variant *variant, Nesting nesting):
    cdef int type = variant.type
    cdef Storage value
    if type == GDEXTENSION_VARIANT_TYPE_NIL:
        return None
    if type <= GDEXTENSION_VARIANT_TYPE_STRING:
        return read_value(type, <const Storage *>variant.words, None)
    if type >= TYPES:
        raise TypeError(f"pythonscript does not know this engine's type {builtin.type_name(type)}")
    if 0 < values.kinds[type].count <= MOST_WITHIN:
        return values.read_memory(type, variant.words)
    if values.kinds[type].count:
        result = values.new_value(type)
        unbox_variant[type](values.memory(<Value>result), <void *>variant)
        return result
    if is_boxed(type):
        return new_box(boxes[type], variant)
    if type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        return objects.wrap(live_object(variant))
    unbox_variant[type](&value, <void *>variant)
    try:
        return read_value(type, &value, nesting)
    finally:
        free_value(type, &value)


cdef void *live_object(const Variant *variant) noexcept:
    """The object of a Variant; NULL if it holds none, or one that has been freed, as `freed == null` in GDScript."""
    return gde.object_get_instance_from_id(variant.words[0]) if variant.words[0] else NULL


cdef bint is_container(object value):
    """Whether a value is an Array or a Dictionary of the engine's."""
    array = container_classes[<int>GDEXTENSION_VARIANT_TYPE_ARRAY]
    dictionary = container_classes[<int>GDEXTENSION_VARIANT_TYPE_DICTIONARY]
    return isinstance(value, Box) and array is not None and isinstance(value, (array, dictionary))


cdef object read_shared(const Variant *variant):
    """The natural Python value of a Variant, but of a container the engine's own."""
    cdef int type = variant.type
    if type < TYPES and container_classes[type] is not None:
        return new_box(container_classes[type], variant)
    return read_variant(variant, None)


cdef object read_value(int type, const Storage *value, Nesting nesting):
    """The natural Python value of a typed value in memory."""
    if type == GDEXTENSION_VARIANT_TYPE_INT:
        return value.integer
    if type == GDEXTENSION_VARIANT_TYPE_STRING:
        return strings.to_str(value)
    if type == GDEXTENSION_VARIANT_TYPE_FLOAT:
        return value.real
    if type == GDEXTENSION_VARIANT_TYPE_BOOL:
        return value.boolean != 0
    if type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        return objects.wrap(value.pointers[0])
    if type == GDEXTENSION_VARIANT_TYPE_STRING_NAME:
        return read_name(value)
    if type == GDEXTENSION_VARIANT_TYPE_NODE_PATH:
        return node_path_class(strings.path_to_str(value))
    if values.kinds[type].count:
        return values.read_memory(type, value)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY:
        return packed.packed_to_bytes(value)
    if type == GDEXTENSION_VARIANT_TYPE_ARRAY:
        return read_array(value, Nesting() if nesting is None else nesting)
    if type == GDEXTENSION_VARIANT_TYPE_DICTIONARY:
        return read_dictionary(value, Nesting() if nesting is None else nesting)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY:
        return read_strings(value)
    if number_arrays[type] is not None:
        return read_number_array(type, value)
    return read_packed_values(type, value)


cdef object new_box(object cls, const Variant *variant):
    return fill_box(<Box>new_handle(cls), variant)


cdef object fill_box(Box box, const Variant *variant):
    cdef Variant copy
    gde.variant_new_copy(&copy, variant)
    box.take(&copy)
    return box


cdef object read_array(const void *array, Nesting nesting):
    # An Array is a pointer to its shared contents; that pointer is its identity.
    cdef size_t identity = <size_t>(<void **>array)[0]
    cdef int64_t size = 0, i
    found = nesting.met.get(identity)
    if found is not None:
        return found
    cdef list result = []
    nesting.met[identity] = result
    array_size(<void *>array, NULL, &size, 0)
    nesting.enter()
    for i in range(size):
        result.append(read_variant(<Variant *>gde.array_operator_index_const(array, i), nesting))
    nesting.leave()
    return result


cdef object read_dictionary(const void *dictionary, Nesting nesting):
    cdef size_t identity = <size_t>(<void **>dictionary)[0]
    cdef int64_t size = 0, i
    cdef void *keys = NULL
    cdef void *items = NULL
    found = nesting.met.get(identity)
    if found is not None:
        return found
    cdef dict result = {}
    nesting.met[identity] = result
    nesting.enter()
    construct_default[<int>GDEXTENSION_VARIANT_TYPE_ARRAY](&keys, NULL)
    construct_default[<int>GDEXTENSION_VARIANT_TYPE_ARRAY](&items, NULL)
    try:
        dictionary_keys(<void *>dictionary, NULL, &keys, 0)
        dictionary_values(<void *>dictionary, NULL, &items, 0)
        array_size(&keys, NULL, &size, 0)
        for i in range(size):
            name = read_variant(<const Variant *>gde.array_operator_index_const(&keys, i), nesting)
            if not PyUnicode_CheckExact(name):
                name = hashable(name, nesting)
            result[name] = read_variant(<const Variant *>gde.array_operator_index_const(&items, i), nesting)
            if len(result) == i:
                raise ValueError(f"two keys of a Dictionary are equal in Python: {name!r} and another")
    finally:
        free_value(GDEXTENSION_VARIANT_TYPE_ARRAY, &keys)
        free_value(GDEXTENSION_VARIANT_TYPE_ARRAY, &items)
    nesting.leave()
    return result


cdef object hashable(object key, Nesting nesting):
    """A Dictionary's key may be an Array or a packed array: as a key of a dict it is a tuple."""
    if isinstance(key, (list, _array.array)):
        nesting.enter()  # an Array that contains itself has no end as a tuple
        key = tuple([hashable(item, nesting) for item in key])
        nesting.leave()
        return key
    if isinstance(key, dict):
        raise TypeError("a Dictionary as the key of another Dictionary has no counterpart in a Python dict")
    return key


cdef object read_name(const void *string_name):
    """The StringName of one of the engine's; made once, as long as it is used now and then."""
    cdef Name name = strings.name_at(string_name)
    if name.text is None:
        name.text = string_name_class(strings.name_to_str(string_name))
    return name.text


cdef object read_strings(const void *array):
    cdef list result = <list>new_handle(packed_lists[<int>GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY])
    cdef int64_t size = 0, i
    strings_size(<void *>array, NULL, &size, 0)
    for i in range(size):
        result.append(strings.to_str(gde.packed_string_array_operator_index_const(array, i)))
    return result


cdef object read_number_array(int type, const Storage *value):
    cls = number_arrays[type]
    return new_array(cls, cls._code, buffers.memory_of(type, value))


cdef object read_packed_values(int type, const Storage *value):
    cdef list result = <list>new_handle(packed_lists[type])
    cdef int item = (<Type>packed_items[type]).type
    cdef int64_t size = buffers.size_of(type, value), i
    cdef char *source = buffers.items_of(type, value) if size else NULL
    for i in range(size):
        result.append(values.read_memory(item, source + i * values.kinds[item].count * sizeof(float)))
    return result


cdef int construct(int type, const Variant *source, Variant *r_variant) except -1:
    """Makes a Variant of `type` from another one, by the engine's own constructor."""
    cdef GDExtensionCallError error
    cdef const void *arguments[1]
    arguments[0] = source
    gde.variant_construct(<GDExtensionVariantType>type, r_variant, <const GDExtensionConstVariantPtr *>arguments, 1, &error)
    if error.error != GDEXTENSION_CALL_OK:
        raise TypeError(f"{builtin.type_name(source.type)} does not convert to {builtin.type_name(type)}")
    return 0


# From Python to the engine


cdef int from_python(object value, Variant *r_variant) except -1:
    """Makes the natural Variant of a Python value; the caller destroys it."""
    return write_variant(value, r_variant, None)


cdef int write_variant(object value, Variant *r_variant, Nesting nesting) except -1:
    cdef Storage storage
    cdef Storage *within = <Storage *>r_variant.words
    cdef int type
    if value is None:
        gde.variant_new_nil(r_variant)
        return 0
    if PyBool_Check(value):
        within.integer = PyObject_IsTrue(value)
        r_variant.type = GDEXTENSION_VARIANT_TYPE_BOOL
        return 0
    if PyLong_Check(value):
        within.integer = to_int64(value)
        r_variant.type = GDEXTENSION_VARIANT_TYPE_INT
        return 0
    if PyFloat_Check(value):
        within.real = PyFloat_AS_DOUBLE(value)
        r_variant.type = GDEXTENSION_VARIANT_TYPE_FLOAT
        return 0
    if PyUnicode_CheckExact(value):
        strings.new_string(value, within)
        r_variant.type = GDEXTENSION_VARIANT_TYPE_STRING
        return 0
    if PyUnicode_Check(value):
        type = write_text(value, &storage)
    elif isinstance(value, Value):
        type = (<Value>value).type
        if values.kinds[type].count <= MOST_WITHIN:
            r_variant.type = type
            memcpy(within, values.memory(<Value>value), values.kinds[type].count * sizeof(float))
        else:
            box_variant[type](r_variant, values.memory(<Value>value))
        return 0
    elif isinstance(value, Object):
        return (<Object>value).new_variant(r_variant)
    elif isinstance(value, Box):
        gde.variant_new_copy(r_variant, &(<Box>value).variant)
        return 0
    else:
        found = packed_classes.get(value.__class__)
        if found is not None:
            return write_packed(found, value, r_variant)
        if isinstance(value, (list, tuple)):
            return write_array(value, r_variant, None, nesting)
        if isinstance(value, dict):
            return write_dictionary(value, r_variant, nesting)
        if isinstance(value, (bytes, PackedByteArray, bytearray)):
            packed.new_packed_bytes(value, &storage)
            type = GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY
        elif PyNumber_Check(value) and (number := number_of(value)) is not None:
            return write_variant(number, r_variant, nesting)
        elif PyObject_CheckBuffer(value):
            number = buffers.number_in(value)
            if number is not None:
                return write_variant(number, r_variant, nesting)
            return buffers.write_buffer(value, GDEXTENSION_VARIANT_TYPE_NIL, r_variant)
        elif callable(value):
            return python_to_callable(value, r_variant)
        elif isinstance(value, CoroutineType) and start_coroutine is not None:
            return write_variant(start_coroutine(value, None), r_variant, nesting)
        else:
            raise TypeError(f"a {value.__class__.__module__}.{value.__class__.__qualname__} has no counterpart in the engine")
    box_variant[type](r_variant, &storage)
    free_value(type, &storage)
    return 0


cdef object number_of(object value):
    """The int or float that stands for a number of another class; None if it is none, or one with an imaginary part."""
    if PyIndex_Check(value) and (isinstance(value, numbers.Number) or not PyObject_CheckBuffer(value)):
        return operator.index(value)  # not of numpy's arrays, which have the method and refuse
    if isinstance(value, numbers.Real) or isinstance(value, numbers.Number) and not isinstance(value, numbers.Complex):
        return float(value)
    return None


cdef int write_text(object value, Storage *storage) except -1:
    if isinstance(value, string_name_class):
        strings.copy_name(&strings.name_of(value).value, storage)
        return GDEXTENSION_VARIANT_TYPE_STRING_NAME
    if isinstance(value, node_path_class):
        strings.new_path(value, storage)
        return GDEXTENSION_VARIANT_TYPE_NODE_PATH
    strings.new_string(value, storage)
    return GDEXTENSION_VARIANT_TYPE_STRING


cdef int write_array(object items, Variant *r_variant, Type element, Nesting nesting, bint whole=False) except -1:
    cdef void *array = NULL
    cdef int64_t size = len(items), i = 0, result = 0
    cdef const void *arguments[1]
    cdef Variant *slot
    cdef Variant item, script
    if nesting is None:
        nesting = Nesting()
    if element is None:  # of a declared type, an Array of its own is made: who else refers to it may want another type
        found = nesting.met.get(id(items))
        if found is not None:
            gde.variant_new_copy(r_variant, &(<Box>found).variant)
            return 0
    construct_default[<int>GDEXTENSION_VARIANT_TYPE_ARRAY](&array, NULL)
    if element is not None and element.type != GDEXTENSION_VARIANT_TYPE_NIL:
        gde.variant_new_nil(&script)
        gde.array_set_typed(&array, <GDExtensionVariantType>element.type,
                            element.class_name if element.class_name is not NULL else strings.intern(""), &script)
    box_variant[<int>GDEXTENSION_VARIANT_TYPE_ARRAY](r_variant, &array)  # both refer to the same contents
    try:
        nesting.enter()
        if element is None:
            nesting.met[id(items)] = new_box_of(r_variant)
        arguments[0] = &size
        array_resize(&array, <const GDExtensionConstTypePtr *>arguments, &result, 1)
        for i in range(size):
            if element is None:
                write_variant(items[i], &item, nesting)
            elif whole:
                write_whole(element, items[i], &item)
            else:
                write_as(element, items[i], &item, nesting)
            slot = <Variant *>gde.array_operator_index(&array, i)
            gde.variant_destroy(slot)
            memcpy(slot, &item, sizeof(Variant))
        nesting.leave()
    except TypeError as error:
        free_variant(r_variant)
        raise TypeError(f"item {i}: {error}") from None
    except BaseException:
        free_variant(r_variant)
        raise
    finally:
        free_value(GDEXTENSION_VARIANT_TYPE_ARRAY, &array)
    return 0


cdef int write_whole_array(object items, Type element, Variant *r_variant) except -1:
    """Makes a typed Array of a list; items of which something would be cut off are a TypeError."""
    return write_array(items, r_variant, element, None, True)


cdef Box new_box_of(const Variant *variant):
    """Keeps what a container under construction refers to, for the containers inside that refer back to it."""
    return fill_box(Box.__new__(Box), variant)


cdef int write_dictionary(object items, Variant *r_variant, Nesting nesting) except -1:
    cdef void *dictionary = NULL
    cdef Variant key, item
    cdef Variant *slot
    cdef bint keyed = False   # `key` is there
    if nesting is None:
        nesting = Nesting()
    found = nesting.met.get(id(items))
    if found is not None:
        gde.variant_new_copy(r_variant, &(<Box>found).variant)
        return 0
    construct_default[<int>GDEXTENSION_VARIANT_TYPE_DICTIONARY](&dictionary, NULL)
    box_variant[<int>GDEXTENSION_VARIANT_TYPE_DICTIONARY](r_variant, &dictionary)
    try:
        nesting.enter()
        nesting.met[id(items)] = new_box_of(r_variant)
        for name, value in items.items():
            write_variant(name, &key, nesting)
            keyed = True
            write_variant(value, &item, nesting)
            slot = <Variant *>gde.dictionary_operator_index(&dictionary, &key)
            gde.variant_destroy(slot)
            memcpy(slot, &item, sizeof(Variant))
            free_variant(&key)
            keyed = False
        nesting.leave()
    except TypeError as error:
        free_variant(r_variant)
        if keyed:
            raise TypeError(f"item {name!r}: {error}") from None
        raise
    except BaseException:
        free_variant(r_variant)
        raise
    finally:
        if keyed:
            free_variant(&key)
        free_value(GDEXTENSION_VARIANT_TYPE_DICTIONARY, &dictionary)
    return 0


for _array_type, _item_type in (
    (GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR2_ARRAY, GDEXTENSION_VARIANT_TYPE_VECTOR2),
    (GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR3_ARRAY, GDEXTENSION_VARIANT_TYPE_VECTOR3),
    (GDEXTENSION_VARIANT_TYPE_PACKED_COLOR_ARRAY, GDEXTENSION_VARIANT_TYPE_COLOR),
    (GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR4_ARRAY, GDEXTENSION_VARIANT_TYPE_VECTOR4),
):
    packed_items[<int>_array_type] = Type(_item_type)


cdef int write_packed(int type, object items, Variant *r_variant) except -1:
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY:
        return write_strings(items, r_variant)
    if number_arrays[type] is not None:
        return buffers.write_numbers(items, type, r_variant)
    return write_packed_values(type, items, r_variant)


cdef int write_packed_values(int type, object items, Variant *r_variant) except -1:
    cdef Storage array
    cdef Variant item
    cdef Type wanted = packed_items[type]
    cdef size_t width = values.kinds[wanted.type].count * sizeof(float)
    cdef int64_t size = len(items), i
    cdef char *target
    construct_default[type](&array, NULL)
    try:
        target = buffers.resized(type, &array, size)
        for i in range(size):
            value = items[i]
            if isinstance(value, Value) and (<Value>value).type == wanted.type:
                memcpy(target + i * width, values.memory(<Value>value), width)
                continue
            try:  # what does not fit is refused here: the engine would put zeros in its place
                write_as(wanted, value, &item, None)
            except TypeError as error:
                raise TypeError(f"item {i}: {error}") from None
            unbox_variant[wanted.type](target + i * width, &item)
            gde.variant_destroy(&item)
        box_variant[type](r_variant, &array)
    finally:
        destroy_value[type](&array)
    return 0


cdef int write_strings(object items, Variant *r_variant) except -1:
    cdef Storage array
    cdef int64_t size = len(items), i, result = 0
    cdef const void *arguments[1]
    cdef void *string = NULL
    cdef void **slot
    construct_default[<int>GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY](&array, NULL)
    try:
        arguments[0] = &size
        strings_resize(&array, <const GDExtensionConstTypePtr *>arguments, &result, 1)
        for i in range(size):
            text = items[i]
            if not PyUnicode_Check(text):
                raise TypeError(f"item {i}: must be str, not {type(text).__name__}")
            strings.new_string(text, &string)
            slot = <void **>gde.packed_string_array_operator_index(&array, i)
            strings.free_string(slot)
            slot[0] = string
        box_variant[<int>GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY](r_variant, &array)
    finally:
        destroy_value[<int>GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY](&array)
    return 0


# Declared types: what fits is converted as the engine would


cdef object to_python_as(Type type, const Variant *variant, bint *r_fits):
    """The Python value of an argument for a declared type. `r_fits` says whether it is one at all."""
    return read_as(type, variant, r_fits, None)


cdef object read_as(Type type, const Variant *variant, bint *r_fits, Nesting nesting):
    cdef int given = variant.type
    cdef Variant converted
    cdef Storage value
    r_fits[0] = True
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        return read_variant(variant, nesting) if type.python is None else read_shared(variant)
    if given == type.type and type.natural and given <= GDEXTENSION_VARIANT_TYPE_STRING:
        return read_value(given, <const Storage *>variant.words, None)
    if given == type.type:
        unbox_variant[given](&value, <void *>variant)
        if given == GDEXTENSION_VARIANT_TYPE_OBJECT and value.pointers[0] is not live_object(variant):
            r_fits[0] = False  # it has been freed
            return None
        try:
            return check(type, &value, r_fits, nesting)
        finally:
            free_value(given, &value)
    if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        if given == GDEXTENSION_VARIANT_TYPE_NIL:
            return None
        r_fits[0] = False
        return None
    if not gde.variant_can_convert_strict(<GDExtensionVariantType>given, <GDExtensionVariantType>type.type):
        r_fits[0] = False
        return None
    construct(type.type, variant, &converted)
    try:
        return read_as(type, &converted, r_fits, nesting)
    finally:
        free_variant(&converted)


cdef object check(Type type, const Storage *value, bint *r_fits, Nesting nesting):
    """The Python value of memory that holds a value of the declared Variant type."""
    if type.natural:
        return read_value(type.type, value, nesting)
    if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        result = objects.wrap(value.pointers[0])
        if not is_a(result, type):
            r_fits[0] = False
        return result
    if is_boxed(type.type) or type.python is not None and type.python is container_classes[type.type]:
        return pointer_to_box(type, value)
    if type.element is not None:
        return read_typed_array(type.element, value, r_fits, Nesting() if nesting is None else nesting)
    if type.type == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY:
        return packed.share(value)
    return member_of(type.python, value.integer)


cdef object member_of(object enum, int64_t number):
    """The member of an IntEnum or IntFlag; the int itself where there is none, as the engine's enums take any."""
    cdef dict known = members_of_enums.get(enum)
    if known is None:
        known = members_of_enums[enum] = {}
    member = known.get(number)
    if member is None:
        member = find_member_of(enum, number)
        if len(known) < MOST_MEMBERS:  # of flags there is no end
            known[number] = member
    return member


cdef object find_member_of(object enum, int64_t number):
    try:
        member = enum(number)
    except ValueError:
        return number
    # A flag may have dropped bits that it does not know: all bits of -1, and those that CONFORM refuses.
    return number if issubclass(enum, IntFlag) and member != number else member


cdef object read_typed_array(Type element, const void *array, bint *r_fits, Nesting nesting):
    """The items of an Array that may have come untyped: each is converted to the declared type, or does not fit."""
    cdef int64_t size = 0
    cdef list result = []
    nesting.enter()
    array_size(<void *>array, NULL, &size, 0)
    for i in range(size):
        result.append(read_as(element, <const Variant *>gde.array_operator_index_const(array, i), r_fits, nesting))
        if not r_fits[0]:
            break
    nesting.leave()
    return result


cdef bint is_a(object value, Type type) except -1:
    """Whether an object is of the declared class; None is."""
    return (value is None or type.python is None or PyObject_TypeCheck(value, <PyTypeObject *>type.python)
            or isinstance(value, type.python))


cdef object pointer_to_box(Type type, const void *pointer):
    cdef Variant variant
    cdef Box box
    if is_boxed(type.type):
        box = new_handle(boxes[type.type])
        box_variant[type.type](&variant, <void *>pointer)
        box.take(&variant)
        return box
    box_variant[type.type](&variant, <void *>pointer)
    try:
        return share_container(type, &variant)
    finally:
        free_variant(&variant)


cdef int from_python_as(Type type, object value, Variant *r_variant) except -1:
    """Makes a Variant of the declared type, or raises TypeError; the caller destroys it."""
    return write_as(type, value, r_variant, None)


cdef int write_as(Type type, object value, Variant *r_variant, Nesting nesting) except -1:
    cdef Variant natural
    cdef int given
    if container_classes[type.type] is not None and write_container(type, value, r_variant):
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_ARRAY and isinstance(value, (list, tuple)):
        return write_array(value, r_variant, type.element, nesting)
    if type.type == GDEXTENSION_VARIANT_TYPE_PACKED_STRING_ARRAY and isinstance(value, (list, tuple)):
        return write_strings(value, r_variant)
    if type.type >= GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY and PyObject_CheckBuffer(value) and (
            packed_classes.get(value.__class__) != type.type):
        if not isinstance(value, (bytes, PackedByteArray, bytearray)):
            return buffers.write_buffer(value, type.type, r_variant)
    write_variant(value, r_variant, nesting)
    given = r_variant.type
    if given == type.type or type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT and not is_a(value, type):
            free_variant(r_variant)
            raise TypeError(f"must be {type.python.__name__}, not {value.__class__.__name__}")
        return 0
    if given == GDEXTENSION_VARIANT_TYPE_NIL and type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        return 0
    memcpy(&natural, r_variant, sizeof(Variant))
    try:
        if not gde.variant_can_convert_strict(<GDExtensionVariantType>given, <GDExtensionVariantType>type.type):
            raise TypeError(f"must be {builtin.type_name(type.type)}, not {value.__class__.__name__}")
        construct(type.type, &natural, r_variant)
    finally:
        free_variant(&natural)
    return 0


cdef int write_whole(Type type, object value, Variant *r_variant) except -1:
    """`from_python_as` for an item of a typed container, which takes nothing that something would be cut off."""
    cdef int given
    if type.type == GDEXTENSION_VARIANT_TYPE_INT or type.type == GDEXTENSION_VARIANT_TYPE_BOOL:
        from_python(value, r_variant)
        given = r_variant.type
        if given == type.type:
            return 0
        free_variant(r_variant)
        if given == GDEXTENSION_VARIANT_TYPE_FLOAT or given == GDEXTENSION_VARIANT_TYPE_INT:
            raise TypeError(f"must be {builtin.type_name(type.type)}, not {value.__class__.__name__}")
    return from_python_as(type, value, r_variant)


cdef int result_from_python(Type type, object value, Variant *r_variant) except -1:
    """`from_python_as` for a return value or a default: no object is a null Object there, as in the engine's own methods."""
    if value is None and type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        box_variant[<int>GDEXTENSION_VARIANT_TYPE_OBJECT](r_variant, &no_object)
        return 0
    return from_python_as(type, value, r_variant)


# Typed pointers (ptrcall)


cdef object pointer_to_python(Type type, const void *pointer):
    """The Python value behind a ptrcall's argument."""
    cdef bint fits = True
    cdef Storage value
    if values.kinds[type.type].count:
        return values.read_memory(type.type, pointer)
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        return read_as(type, <const Variant *>pointer, &fits, None)
    if type.natural:
        return read_value(type.type, <const Storage *>pointer, None)
    if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        if pointer is NULL:  # quirk - Godot 4.2-4.6 - a null object as a typed argument - core/extension/gdextension.cpp
            return None
        value.pointers[0] = gde.ref_get_object(pointer) if type.refcounted else (<void **>pointer)[0]
        if value.pointers[0] is not NULL and not objects.is_alive(value.pointers[0]):
            raise ReferenceError("an argument is an object that has been freed")
        result = check(type, &value, &fits, None)
    else:
        result = check(type, <const Storage *>pointer, &fits, None)
    if not fits:
        raise TypeError(f"an argument is not a {type.python.__name__}")
    return result


cdef int python_to_pointer(Type type, object value, void *r_pointer) except -1:
    """Writes a ptrcall's return value over the initialised one that is there."""
    cdef Variant variant
    cdef Storage storage
    if type.type == GDEXTENSION_VARIANT_TYPE_INT and PyLong_Check(value):
        (<int64_t *>r_pointer)[0] = to_int64(value)
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_BOOL and PyBool_Check(value):
        (<uint8_t *>r_pointer)[0] = value
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_FLOAT and PyFloat_Check(value):
        (<double *>r_pointer)[0] = PyFloat_AS_DOUBLE(value)
        return 0
    if isinstance(value, Value) and (<Value>value).type == type.type:
        memcpy(r_pointer, values.memory(<Value>value), values.kinds[type.type].count * sizeof(float))
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_STRING and PyUnicode_CheckExact(value):
        strings.new_string(value, &storage)
        strings.free_string(r_pointer)
        (<void **>r_pointer)[0] = storage.pointers[0]
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_STRING_NAME and (
            PyUnicode_CheckExact(value) or value.__class__ is string_name_class):
        strings.free_name(r_pointer)
        strings.copy_name(&strings.name_of(value).value, r_pointer)
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY and isinstance(value, (bytes, PackedByteArray)):
        packed.new_packed_bytes(value, &storage)
        destroy_value[type.type](r_pointer)
        memcpy(r_pointer, &storage, 2 * sizeof(void *))
        return 0
    if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT and (value is None or isinstance(value, Object)) and is_a(value, type):
        return write_object_pointer(type, value, r_pointer)
    from_python_as(type, value, &variant)
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        free_variant(<Variant *>r_pointer)
        memcpy(r_pointer, &variant, sizeof(Variant))
        return 0
    free_value(type.type, r_pointer)
    unbox_variant[type.type](r_pointer, &variant)
    free_variant(&variant)
    return 0


cdef void write_default(Type type, void *r_pointer) noexcept:
    """Writes what a ptrcall that failed returns: FAILED for an Error, otherwise the default value of the type."""
    # Where a value needs no destructor, the engine leaves to us whatever was in its place (VariantInternal::initialize
    # in core/variant/variant_internal.h); any other has been initialised.
    if type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        if not type.refcounted:
            (<void **>r_pointer)[0] = NULL
    elif type.type == GDEXTENSION_VARIANT_TYPE_INT:
        (<int64_t *>r_pointer)[0] = type.failure
    elif type.type != GDEXTENSION_VARIANT_TYPE_NIL and destroy_value[type.type] is NULL:
        construct_default[type.type](r_pointer, NULL)


cdef int new_default(Type type, Variant *r_variant) except -1:
    """Makes a Variant of the same."""
    cdef Storage value
    cdef int64_t failure = type.failure
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        gde.variant_new_nil(r_variant)
    elif type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:
        box_variant[<int>GDEXTENSION_VARIANT_TYPE_OBJECT](r_variant, &no_object)
    elif type.type == GDEXTENSION_VARIANT_TYPE_INT:
        box_variant[<int>GDEXTENSION_VARIANT_TYPE_INT](r_variant, &failure)
    elif type.element is not None:
        write_array([], r_variant, type.element, None)
    else:
        construct_default[type.type](&value, NULL)
        box_variant[type.type](r_variant, &value)
        free_value(type.type, &value)
    return 0


cdef int write_object_pointer(Type type, object value, void *r_pointer) except -1:
    cdef void *ptr = NULL
    cdef Variant first
    if value is not None:
        ptr = (<Object>value).pointer()
        if (<Object>value).constructing:  # the first Variant stays, as `Object.new_variant` says
            (<Object>value).new_variant(&first)
            free_variant(&first)
    if type.refcounted:
        gde.ref_set_object(r_pointer, ptr)
    else:
        (<void **>r_pointer)[0] = ptr
    return 0


cdef int open_typed(Type type, object value, void *r_value) except -1:
    """Makes the typed value, or any Variant, that a call by pointers takes; `free_typed` destroys it."""
    cdef Variant made
    from_python_as(type, value, &made)
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        memcpy(r_value, &made, sizeof(Variant))
        return 0
    unbox_variant[type.type](r_value, &made)
    free_variant(&made)
    return 0


cdef void new_typed(Type type, void *r_value) noexcept:
    """Makes the default value, for a call by pointers to write its result over."""
    memset(r_value, 0, sizeof(Storage))
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        gde.variant_new_nil(<Variant *>r_value)
    elif type.type != GDEXTENSION_VARIANT_TYPE_OBJECT:
        construct_default[type.type](r_value, NULL)


cdef object close_typed(Type type, void *value):
    """The Python value of what `new_typed` made, which is destroyed."""
    try:
        return pointer_to_python(type, value)
    finally:
        free_typed(type, value)


cdef void free_typed(Type type, void *value) noexcept:
    if type.type == GDEXTENSION_VARIANT_TYPE_NIL:
        free_variant(<Variant *>value)
    else:
        free_value(type.type, value)


def convert(Type type, value):
    """A value as a declared type has it in Python, such as an `Array` of a list.

    Raises:
        TypeError: it is of another type.
    """
    cdef Variant given
    cdef bint fits = True
    from_python_as(type, value, &given)
    try:
        return to_python_as(type, &given, &fits)
    finally:
        free_variant(&given)


def stringify(value) -> str:
    """What the engine's `str(value)` gives."""
    cdef Variant given
    cdef void *string = NULL
    from_python(value, &given)
    with nogil:  # an object's own _to_string may run
        gde.variant_stringify(&given, &string)
    free_variant(&given)
    try:
        return strings.to_str(&string)
    finally:
        strings.free_string(&string)
