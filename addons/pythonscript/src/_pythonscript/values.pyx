"""The engine's value types: vectors, rectangles, transforms, Plane, Color ...

Each is immutable and holds the engine's own representation, with 32-bit numbers, so it crosses over by a copy of its
memory. Fields, equality, copies and what `__new__` does with the fields need no engine. Every other constructor and
all operators are the engine's; methods and constants come from `members`.

Calls variant_get_ptr_operator_evaluator, variant_evaluate, variant_construct, get_variant_to_type_constructor.
"""

cimport cython
from cpython.bool cimport PyBool_Check
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_AsDouble, PyFloat_Check
from cpython.long cimport PyLong_Check
from cpython.object cimport Py_EQ, Py_NE, PyObject
from cpython.ref cimport Py_INCREF
from libc.string cimport memcmp, memcpy, memset
from _pythonscript.interface cimport *

cdef extern from "Python.h":
    bint PyIndex_Check(object)
    bint PyNumber_Check(object)
    long long PyLong_AsLongLongAndOverflow(object, int *overflow) except? -1
    ctypedef struct TypeObject "PyTypeObject":
        unsigned long tp_flags
        void *tp_getattro
        void *tp_traverse
        void *tp_clear
        void (*tp_free)(void *)
        object (*tp_alloc)(TypeObject *, Py_ssize_t)
    unsigned long Py_TPFLAGS_HAVE_GC
    void PyObject_Free(void *)

cdef enum:
    REAL = GDEXTENSION_VARIANT_TYPE_FLOAT
    WHOLE = GDEXTENSION_VARIANT_TYPE_INT
    OPERATORS = 13       # of Variant.Operator: comparisons and arithmetic
    OPERANDS = 21        # of Variant.Type: nil, numbers and the value types, Color being the last

TABLE = (
    (GDEXTENSION_VARIANT_TYPE_VECTOR2, "Vector2", "x:float y:float", "Two floats."),
    (GDEXTENSION_VARIANT_TYPE_VECTOR2I, "Vector2i", "x:int y:int", "Two 32-bit integers."),
    (GDEXTENSION_VARIANT_TYPE_RECT2, "Rect2", "position:Vector2 size:Vector2", "A position and a size."),
    (GDEXTENSION_VARIANT_TYPE_RECT2I, "Rect2i", "position:Vector2i size:Vector2i", "A position and a size in integers."),
    (GDEXTENSION_VARIANT_TYPE_VECTOR3, "Vector3", "x:float y:float z:float", "Three floats."),
    (GDEXTENSION_VARIANT_TYPE_VECTOR3I, "Vector3i", "x:int y:int z:int", "Three 32-bit integers."),
    (GDEXTENSION_VARIANT_TYPE_TRANSFORM2D, "Transform2D", "x:Vector2 y:Vector2 origin:Vector2",
     "A 2D transformation by its columns."),
    (GDEXTENSION_VARIANT_TYPE_VECTOR4, "Vector4", "x:float y:float z:float w:float", "Four floats."),
    (GDEXTENSION_VARIANT_TYPE_VECTOR4I, "Vector4i", "x:int y:int z:int w:int", "Four 32-bit integers."),
    (GDEXTENSION_VARIANT_TYPE_PLANE, "Plane", "normal:Vector3 d:float", "A normal and a distance from the origin."),
    (GDEXTENSION_VARIANT_TYPE_QUATERNION, "Quaternion", "x:float y:float z:float w:float", "A rotation."),
    (GDEXTENSION_VARIANT_TYPE_AABB, "AABB", "position:Vector3 size:Vector3", "A position and a size in three dimensions."),
    (GDEXTENSION_VARIANT_TYPE_BASIS, "Basis", "x:Vector3 y:Vector3 z:Vector3",
     "A 3D transformation without translation, by its columns."),
    (GDEXTENSION_VARIANT_TYPE_TRANSFORM3D, "Transform3D", "basis:Basis origin:Vector3", "A 3D transformation."),
    (GDEXTENSION_VARIANT_TYPE_PROJECTION, "Projection", "x:Vector4 y:Vector4 z:Vector4 w:Vector4",
     "A 4x4 matrix by its columns."),
    (GDEXTENSION_VARIANT_TYPE_COLOR, "Color", "r:float g:float b:float a:float", "Red, green, blue and alpha."),
)
INITIAL = {  # the defaults that are not all zeros
    "Transform2D": (1, 0, 0, 1, 0, 0),
    "Quaternion": (0, 0, 0, 1),
    "Basis": (1, 0, 0, 0, 1, 0, 0, 0, 1),
    "Transform3D": (1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0),
    "Projection": (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
    "Color": (0, 0, 0, 1),
}
ENUMERATED = {  # members of enums, 0 and those that follow: the interface tells constants alone
    "Vector2": "AXIS_X AXIS_Y",
    "Vector2i": "AXIS_X AXIS_Y",
    "Vector3": "AXIS_X AXIS_Y AXIS_Z",
    "Vector3i": "AXIS_X AXIS_Y AXIS_Z",
    "Vector4": "AXIS_X AXIS_Y AXIS_Z AXIS_W",
    "Vector4i": "AXIS_X AXIS_Y AXIS_Z AXIS_W",
    "Projection": "PLANE_NEAR PLANE_FAR PLANE_LEFT PLANE_TOP PLANE_RIGHT PLANE_BOTTOM",
}
OPTIONAL = {"Color": 1}  # fields at the end that the engine's constructor from fields may go without
ROWS = "Basis"           # kept by rows, though its fields are columns (core/math/basis.h)
PARTS = {"float": REAL, "int": WHOLE}

cdef list fields_of = [()] * TYPES   # Variant.Type -> tuple of Field
cdef int optional[TYPES]


@cython.final
cdef class Field:
    """A field of a value type: where its numbers are, and what they are."""
    cdef readonly str name
    cdef readonly int part      # Variant.Type of what it holds
    cdef readonly int first     # its first number among those of the value
    cdef readonly int stride    # from one of its numbers to the next
    cdef readonly int owner     # Variant.Type of the value

    def __init__(self, str name, int part, int first, int stride, int owner):
        self.name, self.part, self.first, self.stride, self.owner = name, part, first, stride, owner

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if not isinstance(instance, Value) or (<Value>instance).type != self.owner:
            raise TypeError(f"{self.name} is a field of {name_of(self.owner)}, not of {type(instance).__name__}")
        return read_field(<Value>instance, self)


class ValueClass(type):
    """The class of the value types; finds constants and static methods in the engine."""

    def __getattr__(cls, str name):
        return member_of(cls, cls, name, None)


@cython.c_api_binop_methods(True)
cdef class Value:
    """What all value types share; `declare` makes them of its two subclasses.

    Operators return NotImplemented where the engine has none, so that Python raises TypeError.
    """

    def __cinit__(self, *arguments, **keywords):
        self.type = type_of(type(self))
        fill(self, arguments, keywords)

    def __getattr__(self, str name):
        return member_of(self, type(self), name, self)

    def __len__(self):
        return len(<tuple>fields_of[self.type])

    def __iter__(self):
        return iter(as_tuple(self))

    def __getitem__(self, index):
        return as_tuple(self)[index]

    def __repr__(self):
        shown = [single(item) if isinstance(item, float) else repr(item) for item in as_tuple(self)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __hash__(self):
        # Values that are equal have the same hash, so both zeros count as one.
        cdef uint64_t mixed = <uint64_t>self.type
        cdef float *numbers = memory(self)
        cdef bint integral = kinds[self.type].integral
        cdef int i
        for i in range(kinds[self.type].count):
            mixed ^= 0 if not integral and numbers[i] == 0 else (<uint32_t *>numbers)[i]
            mixed *= <uint64_t>0x9E3779B97F4A7C15
            mixed ^= mixed >> 32
        return <Py_hash_t>mixed

    def __richcmp__(left, right, int operator):
        if operator != Py_EQ and operator != Py_NE:
            return evaluate(COMPARISONS[operator], left, right)
        if not isinstance(left, Value) or not isinstance(right, Value) or (<Value>left).type != (<Value>right).type:
            return NotImplemented
        return same((<Value>left).type, memory(<Value>left), memory(<Value>right)) == (operator == Py_EQ)

    def __bool__(self):
        """As in GDScript, the default value is false."""
        return not same(self.type, memory(self), kinds[self.type].initial)

    def __add__(left, right):
        return evaluate(GDEXTENSION_VARIANT_OP_ADD, left, right)

    def __sub__(left, right):
        return evaluate(GDEXTENSION_VARIANT_OP_SUBTRACT, left, right)

    def __mul__(left, right):
        return evaluate(GDEXTENSION_VARIANT_OP_MULTIPLY, left, right)

    def __truediv__(left, right):
        return evaluate(GDEXTENSION_VARIANT_OP_DIVIDE, left, right)

    def __mod__(left, right):
        return evaluate(GDEXTENSION_VARIANT_OP_MODULE, left, right)

    def __neg__(self):
        return unary(GDEXTENSION_VARIANT_OP_NEGATE, "-", self)

    def __pos__(self):
        return unary(GDEXTENSION_VARIANT_OP_POSITIVE, "+", self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return type(self), as_tuple(self)

    def _replace(self, **fields):
        """A copy in which the named fields are others; `copy.replace` does the same since Python 3.13."""
        cdef Value value = <Value>type(self)(self)
        set_named(value, fields, 0)
        return value

    def __replace__(self, **fields):
        return self._replace(**fields)


cdef class Small(Value):
    """A value of at most 16 bytes."""


cdef class Large(Value):
    """A value of at most 64 bytes."""


cdef int COMPARISONS[6]
COMPARISONS[:] = [
    GDEXTENSION_VARIANT_OP_LESS, GDEXTENSION_VARIANT_OP_LESS_EQUAL, GDEXTENSION_VARIANT_OP_EQUAL,
    GDEXTENSION_VARIANT_OP_NOT_EQUAL, GDEXTENSION_VARIANT_OP_GREATER, GDEXTENSION_VARIANT_OP_GREATER_EQUAL,
]


def declare(int type, str name, str fields, str doc):
    """Makes one value type of what the table says."""
    cdef Kind *kind = &kinds[type]
    cdef TypeObject *slots
    cdef int stride = 3 if name == ROWS else 1
    declared = []
    for field in fields.split():
        field, _, part = field.partition(":")
        first = len(declared) if stride > 1 else kind.count
        declared.append(Field(field, PARTS[part], first, stride, type))
        kind.count += max(kinds[<int>PARTS[part]].count, 1)
        kind.integral = PARTS[part] == WHOLE or kinds[<int>PARTS[part]].integral
    for i, number in enumerate(INITIAL.get(name, ())):
        kind.initial[i] = number
    optional[type] = OPTIONAL.get(name, 0)
    body = {
        "__slots__": (),
        "__module__": "godot",
        "__doc__": f"{doc} Class reference: {name}.",
        "__match_args__": tuple([field.name for field in declared]),
        **{field.name: field for field in declared},
        **{member: value for value, member in enumerate(ENUMERATED.get(name, "").split())},
    }
    base = Small if kind.count <= 4 else Large
    cls = ValueClass(name, (base,), body)
    slots = <TypeObject *>cls
    # Python's own slot would look for __getattr__ at every access, and not only when there is no attribute.
    slots.tp_getattro = (<TypeObject *>base).tp_getattro
    # A value refers to nothing, so the garbage collector need not know of it, as it would of every class's objects.
    slots.tp_flags &= ~Py_TPFLAGS_HAVE_GC
    slots.tp_traverse = slots.tp_clear = NULL
    slots.tp_free = PyObject_Free
    fields_of[type], PARTS[name] = tuple(declared), type
    CLASSES[type] = globals()[name] = cls
    kind.python = <PyObject *>cls
    Py_INCREF(cls)  # by which it is never freed


CLASSES = {}
"""Variant.Type -> value type."""

for row in TABLE:
    declare(*row)


# Memory


cdef int type_of(object cls) except -1:
    """The Variant.Type of a value type or of a subclass."""
    cdef int type
    for type in range(OPERANDS):
        if kinds[type].python is <PyObject *>cls:
            return type
    if cls.__base__ is not Value and issubclass(cls, Value):
        return type_of(cls.__base__)
    raise TypeError(f"{cls.__name__} is not a value type")


cdef str name_of(int type):
    return (<object>kinds[type].python).__name__


cdef Value new_value(int type):
    """A value whose memory the caller fills."""
    cdef TypeObject *cls = <TypeObject *>kinds[type].python
    cdef Value value = <Value>cls.tp_alloc(cls, 0)
    value.type = type
    return value


cdef object read_field(Value value, Field field):
    cdef uint32_t *source = <uint32_t *>memory(value) + field.first
    cdef uint32_t *target
    cdef Value part
    cdef int i
    if field.part == REAL:
        return <double>(<float *>source)[0]
    if field.part == WHOLE:
        return (<int32_t *>source)[0]
    part = new_value(field.part)
    target = <uint32_t *>memory(part)
    for i in range(kinds[field.part].count):
        target[i] = source[i * field.stride]
    return part


cdef int write_field(Value value, Field field, object item) except -1:
    """Sets a field of a value that nobody has seen yet."""
    cdef uint32_t *target = <uint32_t *>memory(value) + field.first
    cdef uint32_t *source
    cdef int i
    if not fits(field, item):
        raise TypeError(f"{name_of(field.owner)}.{field.name} must be {wanted(field)}, not {type(item).__name__}")
    if field.part == REAL:
        (<float *>target)[0] = <float>PyFloat_AsDouble(item)
    elif field.part == WHOLE:
        (<int32_t *>target)[0] = to_int32(item, field.owner)
    else:
        source = <uint32_t *>memory(<Value>item)
        for i in range(kinds[field.part].count):
            target[i * field.stride] = source[i]
    return 0


cdef object wanted(Field field):
    return "float" if field.part == REAL else "int" if field.part == WHOLE else name_of(field.part)


cdef bint fits(Field field, object item) noexcept:
    if field.part == REAL:
        return PyNumber_Check(item)
    if field.part == WHOLE:
        return PyIndex_Check(item)
    return isinstance(item, Value) and (<Value>item).type == field.part


cdef int32_t to_int32(object number, int type) except? -1:
    cdef int64_t result = to_int64(number)
    check_size(result, type)
    return <int32_t>result


cdef int64_t to_int64(object number) except? -1:
    cdef int overflow = 0
    cdef int64_t result = PyLong_AsLongLongAndOverflow(number, &overflow)
    if overflow:
        raise OverflowError(f"{number} does not fit the engine's 64-bit int")
    return result


cdef int check_size(int64_t number, int type) except -1:
    if not -0x80000000 <= number <= 0x7FFFFFFF:
        raise OverflowError(f"{number} does not fit the 32-bit numbers of a {name_of(type)}")
    return 0


cdef tuple as_tuple(Value value):
    return tuple([read_field(value, <Field>field) for field in <tuple>fields_of[value.type]])


cdef bint same(int type, const float *mine, const float *theirs) noexcept:
    """Whether all numbers of two values of one type are equal."""
    cdef int i
    if kinds[type].integral:
        return memcmp(mine, theirs, kinds[type].count * sizeof(float)) == 0
    for i in range(kinds[type].count):
        if mine[i] != theirs[i]:
            return False
    return True


def numbers(Value value not None):
    """All numbers of a value, in the engine's order in memory: a Basis by rows."""
    cdef float *reals = memory(value)
    if kinds[value.type].integral:
        return tuple([(<int32_t *>reals)[i] for i in range(kinds[value.type].count)])
    return tuple([<double>reals[i] for i in range(kinds[value.type].count)])


def single(double number):
    """The shortest decimal that is this number in 32 bits: `1.1`, where `repr` shows 1.100000023841858."""
    for digits in range(6, 10):
        text = float(f"{number:.{digits}g}")
        if <float>PyFloat_AsDouble(text) == <float>number:
            return repr(text)
    return repr(number)


# Constructors


cdef int fill(Value self, tuple arguments, dict keywords) except -1:
    """What `__new__` does: the fields are set here, any other constructor is the engine's."""
    cdef tuple fields = fields_of[self.type]
    cdef Py_ssize_t given = len(arguments), i
    cdef size_t size = kinds[self.type].count * sizeof(float)
    memcpy(memory(self), kinds[self.type].initial, size)
    if given == 1 and isinstance(arguments[0], Value) and (<Value>arguments[0]).type == self.type and not keywords:
        memcpy(memory(self), memory(<Value>arguments[0]), size)
        return 0
    if keywords:
        if given > len(fields):
            raise TypeError(f"{name_of(self.type)} takes {len(fields)} positional arguments at most, {given} were given")
        set_named(self, keywords, given)
    elif given and not (len(fields) - optional[self.type] <= given <= len(fields) and all_fit(fields, arguments)):
        return construct(self, arguments)
    for i in range(given):
        write_field(self, <Field>fields[i], arguments[i])
    return 0


cdef bint all_fit(tuple fields, tuple arguments) noexcept:
    cdef Py_ssize_t i
    for i in range(len(arguments)):
        if not fits(<Field>fields[i], arguments[i]):
            return False
    return True


cdef int set_named(Value value, dict items, Py_ssize_t given) except -1:
    """Sets fields by name; the first `given` are set already."""
    cdef tuple fields = fields_of[value.type]
    cdef Field field
    for name, item in items.items():
        for at, field in enumerate(fields):  # no-cython-lint: it is used below
            if field.name == name:
                break
        else:
            raise TypeError(f"{name_of(value.type)} has no field {name!r}")
        if at < given:
            raise TypeError(f"{name_of(value.type)}.{name} was given twice")
        write_field(value, field, item)
    return 0


cdef int construct(Value self, tuple arguments) except -1:
    """The engine's constructor for these arguments."""
    cdef Variant sources[MOST_ARGUMENTS]
    cdef const void *pointers[MOST_ARGUMENTS]
    cdef Variant result
    cdef GDExtensionCallError error
    cdef int made = 0
    memset(pointers, 0, sizeof(pointers))  # there may be none, and gcc 15 warns of that
    if kinds[self.type].integral:  # the engine would cut numbers to size
        for argument in arguments:
            if isinstance(argument, float):
                raise TypeError(f"{call_text(self, arguments)}: its numbers must be ints")
            if isinstance(argument, int):
                to_int32(argument, self.type)
    if len(arguments) > MOST_ARGUMENTS:
        raise no_constructor(self, arguments)
    if not running:
        raise RuntimeError(f"{call_text(self, arguments)} needs the engine's constructor, and this Python does not run inside one")
    if self.type == GDEXTENSION_VARIANT_TYPE_COLOR:
        check_color(self, arguments)
    try:
        for argument in arguments:
            from_python(argument, &sources[made])
            pointers[made] = &sources[made]
            made += 1
    except TypeError:
        discard(sources, made)
        raise no_constructor(self, arguments) from None
    except BaseException:
        discard(sources, made)
        raise
    gde.variant_construct(<GDExtensionVariantType>self.type, &result, <const GDExtensionConstVariantPtr *>pointers, made, &error)
    discard(sources, made)
    if error.error != GDEXTENSION_CALL_OK:
        gde.variant_destroy(&result)
        raise no_constructor(self, arguments)
    gde.get_variant_to_type_constructor(<GDExtensionVariantType>self.type)(memory(self), &result)
    gde.variant_destroy(&result)
    return 0


cdef void discard(Variant *variants, int count) noexcept:
    cdef int i
    for i in range(count):
        free_variant(&variants[i])


cdef object no_constructor(Value value, tuple arguments):
    return TypeError(f"{call_text(value, arguments)}: the engine has no such constructor")


cdef object call_text(Value value, tuple arguments):
    from reprlib import repr as shortened

    return f"{type(value).__name__}({', '.join(map(shortened, arguments[:MOST_ARGUMENTS]))})"


cdef int check_color(Value self, tuple arguments) except -1:
    """Refuses a number in the place of a color, of which the engine makes one, and names that it takes for black."""
    code = arguments[0]
    if isinstance(code, int) and len(arguments) < 3:
        raise no_constructor(self, arguments)
    if isinstance(code, str):
        none = type(self)(-1, -1, -1, -1)
        if type(self).from_string(code, none) == none:
            raise ValueError(f"{code!r} is neither the name of a color nor an HTML color code")
    return 0


# Operators


cdef struct Operator:
    bint known
    GDExtensionPtrOperatorEvaluator evaluate    # NULL: the engine has no such operator
    int result                                  # Variant.Type of what it writes

cdef struct Operand:
    int type
    const void *memory
    int64_t whole
    double real

cdef Operator operators[OPERATORS][OPERANDS][OPERANDS]


cdef bint operand(object item, Operand *r_operand) except -1:
    """Whether `item` is a number, a value or nothing; the memory is that of `item` or in `r_operand` itself."""
    if isinstance(item, Value):
        r_operand.type, r_operand.memory = (<Value>item).type, memory(<Value>item)
    elif PyFloat_Check(item):
        r_operand.type, r_operand.memory, r_operand.real = REAL, &r_operand.real, PyFloat_AS_DOUBLE(item)
    elif PyLong_Check(item) and not PyBool_Check(item):
        r_operand.type, r_operand.memory, r_operand.whole = WHOLE, &r_operand.whole, to_int64(item)
    elif item is None:
        r_operand.type, r_operand.memory = GDEXTENSION_VARIANT_TYPE_NIL, NULL
    else:
        return False
    return True


cdef object evaluate(int operator, object left, object right):
    """`left operator right` (Variant.Operator); NotImplemented where the engine has no such operator."""
    cdef Operand a, b
    cdef Operator *found
    cdef Value value
    cdef uint8_t truth = 0
    if not running:
        raise RuntimeError("the operators of value types are the engine's, and this Python does not run inside one")
    if not operand(left, &a) or not operand(right, &b):
        return evaluate_variants(operator, left, right, NULL)
    found = &operators[operator][a.type][b.type]
    check_whole_numbers(operator, &a, &b)
    if not found.known:
        evaluate_variants(operator, left, right, &found.result)
        found.evaluate = gde.variant_get_ptr_operator_evaluator(
            <GDExtensionVariantOperator>operator, <GDExtensionVariantType>a.type, <GDExtensionVariantType>b.type)
        found.known = True
    if found.evaluate is NULL:
        return NotImplemented
    if kinds[found.result].count:
        value = new_value(found.result)
        found.evaluate(a.memory, b.memory, memory(value))
        return value
    if found.result == GDEXTENSION_VARIANT_TYPE_BOOL:
        found.evaluate(a.memory, b.memory, &truth)
        return truth != 0
    return evaluate_variants(operator, left, right, NULL)


cdef object unary(int operator, str symbol, Value value):
    result = evaluate(operator, value, None)
    if result is NotImplemented:  # which Python minds of binary operators only
        raise TypeError(f"bad operand type for unary {symbol}: {type(value).__name__!r}")
    return result


cdef object evaluate_variants(int operator, object left, object right, int *r_type):
    """The same for any operands, packed arrays among them. `r_type` is the result's Variant.Type."""
    cdef Variant sides[2]
    cdef Variant result
    cdef uint8_t valid = 0
    cdef int made = 0
    try:
        for side in (left, right):
            from_python(side, &sides[made])
            made += 1
    except TypeError:
        return NotImplemented
    else:
        gde.variant_evaluate(<GDExtensionVariantOperator>operator, &sides[0], &sides[1], &result, &valid)
    finally:
        discard(sides, made)
    if r_type is not NULL:
        r_type[0] = result.type
    try:
        return to_python(&result) if valid else NotImplemented
    finally:
        free_variant(&result)


cdef int check_whole_numbers(int operator, Operand *a, Operand *b) except -1:
    """Refuses what the engine would cut to 32 bits, and what ends the process: its typed operators divide unchecked."""
    cdef int32_t *dividends = <int32_t *>a.memory
    cdef int32_t *divisors = <int32_t *>b.memory
    cdef int32_t whole
    cdef int i
    if kinds[b.type].integral and a.type == WHOLE:
        check_size(a.whole, b.type)
    if not kinds[a.type].integral or not (b.type == WHOLE or b.type == a.type):
        return 0
    if b.type == WHOLE:
        check_size(b.whole, a.type)
    if operator == GDEXTENSION_VARIANT_OP_DIVIDE or operator == GDEXTENSION_VARIANT_OP_MODULE:
        for i in range(kinds[a.type].count):
            whole = <int32_t>b.whole if b.type == WHOLE else divisors[i]
            if whole == 0:
                raise ZeroDivisionError(f"{name_of(a.type)} division by zero")
            if whole == -1:
                check_size(-<int64_t>dividends[i], a.type)
    return 0


# Members


cdef object member_of(object owner, object cls, str name, value):
    """A member that the engine has, by way of the class, which has it from then on."""
    if name.startswith("_"):
        raise AttributeError(f"{cls.__name__} has no attribute {name!r}", name=name, obj=owner)
    if not running:
        raise AttributeError(
            f"{cls.__name__}.{name} is the engine's, and this Python does not run inside one", name=name, obj=owner)
    if not find_member(cls, name, <Value>(cls() if value is None else value)):
        raise AttributeError(f"{cls.__name__} has no member {name!r}", name=name, obj=owner)
    return getattr(owner, name)
