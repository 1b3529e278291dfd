"""Calls from the engine into Python, in both of the engine's ways.

*varcall* carries Variants: from untyped code, where anything may come. The host checks the count, fills in defaults
(Python's own) and converts as the engine does. *ptrcall* carries typed memory: from typed code that was checked
when it was compiled, and from the engine's own virtual calls.

What Python raises ends here, as a script error with its traceback. A script that called by varcall gets an error too: GDScript
stops the function that called. Any other caller gets the default value of the return type, or FAILED where that is an
Error: ptrcall has no channel for errors, and the engine's own code, such as that which reads properties or runs threads,
does not look at the one there is.
"""

from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from _pythonscript.interface cimport *
from _pythonscript cimport errors, objects, outgoing, variant
from _pythonscript.objects cimport Link, Object
from _pythonscript.outgoing import call_method
from _pythonscript.variant cimport Type

cdef extern from "Python.h":
    object PyObject_Vectorcall(object callable, PyObject *const *arguments, size_t count, PyObject *keywords)
    bint PyCoro_CheckExact(object)

cdef enum:
    SPARE = 2    # places before the arguments: one that vectorcall may use, one for self

cdef struct Stack:  # the arguments of one call
    PyObject *places[SPARE + MOST_ARGUMENTS]
    int first       # the place of the first one: self's, if there is one
    int end


cdef class Method:
    """One method of a Python class, as the engine calls it.

    Args:
        function: the plain function, or what a static method calls.
        name: the method's name; a subclass's function of this name is called for the subclass's objects.
        owner: the class that declares it.
        arguments: a Type for each argument but self.
        returns: the Type of the return value, None for void.
        required: how many arguments have no default.
        static: the engine's method flag of this name.
        rest: the Type of each argument after these, as `*arguments` takes them; None if there can be none.
        getter: it is a property's.
    """

    def __init__(self, function, str name, owner, list arguments, Type returns, int required,
                 bint static=False, Type rest=None, bint getter=False):
        self.where = f"{owner.__name__}.{name}"
        if len(arguments) > MOST_ARGUMENTS:
            raise TypeError(f"{self.where} has more than {MOST_ARGUMENTS} arguments")
        self.function, self.name, self.owner = function, name, owner
        self.arguments, self.returns, self.required = arguments, returns, required
        self.static, self.rest, self.getter = static, rest, getter
        self.overrides = {}
        for i in range(len(arguments)):
            self.types[i] = <PyObject *>arguments[i]
        self.count = len(arguments)

    cdef object function_of(self, object cls):
        """The function for an object of a subclass: typed code that knows the parent only calls the parent's method."""
        function = self.overrides.get(cls)
        if function is None:
            function = self.function
            for base in cls.__mro__:  # not only up to the owner: a plain base of the subclass may lie behind it
                if self.name in vars(base):
                    function = vars(base)[self.name]
                    break
            self.overrides[cls] = function
        return function


cdef void varcall(void *userdata, void *instance, const GDExtensionConstVariantPtr *arguments, GDExtensionInt count,
                  GDExtensionVariantPtr r_return, GDExtensionCallError *r_error) noexcept nogil:
    r_error.error = GDEXTENSION_CALL_ERROR_INVALID_METHOD
    if running:
        with gil:
            varcall_with_gil(
                <Method>userdata, <Link *>instance, <const Variant **>arguments, count, <Variant *>r_return, r_error)


cdef void varcall_with_gil(Method method, Link *link, const Variant **arguments, int64_t count,
                           Variant *r_return, GDExtensionCallError *r_error) noexcept:
    cdef Stack stack
    cdef Variant value
    cdef bint fits = True
    cdef Type wanted
    cdef int i
    cdef int declared = method.count
    cdef uint64_t self_id = 0
    r_error.error = GDEXTENSION_CALL_OK
    if count < method.required:
        r_error.error = GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS
        r_error.argument = r_error.expected = method.required
        return
    if count > declared and method.rest is None or count > MOST_ARGUMENTS:
        r_error.error = GDEXTENSION_CALL_ERROR_TOO_MANY_ARGUMENTS
        r_error.argument = r_error.expected = declared if method.rest is None else MOST_ARGUMENTS
        return
    try:
        begin(&stack, method, link)
        for i in range(count):
            wanted = <Type>method.types[i] if i < declared else method.rest
            push(&stack, variant.to_python_as(wanted, arguments[i], &fits))
            if not fits:
                r_error.error = GDEXTENSION_CALL_ERROR_INVALID_ARGUMENT
                r_error.argument = i
                r_error.expected = wanted.type
                return
        result = call(&stack, method)
        if PyCoro_CheckExact(result):
            result = started(method, result, &stack)
        if method.returns is not None:
            give(method, result, &value)
            r_return[0] = value
            if isinstance(result, Object):
                objects.let_go_if_unshared(result, 2)
        elif result is not None:
            refuse_result(method, result)
        result = None  # it may be self, whose references `end` counts
    except BaseException as error:
        if stack.first < SPARE:
            self_id = (<Object>stack.places[SPARE - 1]).id
        # Where Python gets the exception itself, no error tells the engine, which would print it.
        if not self_id or not outgoing.hand_over(error, self_id, method.name, None):
            fail(method, stack.places[SPARE - 1] if self_id else NULL, r_return, r_error)
    finally:
        end(&stack)


cdef void ptrcall(void *userdata, void *instance, const GDExtensionConstTypePtr *arguments, GDExtensionTypePtr r_return) noexcept nogil:
    if running:
        with gil:
            ptrcall_with_gil(<Method>userdata, <Link *>instance, <const void **>arguments, r_return)


cdef void ptrcall_with_gil(Method method, Link *link, const void **arguments, void *r_return) noexcept:
    cdef Stack stack
    cdef int i
    try:
        begin(&stack, method, link)
        for i in range(method.count):
            push(&stack, variant.pointer_to_python(<Type>method.types[i], arguments[i]))
        result = call(&stack, method)
        if PyCoro_CheckExact(result):
            result = started(method, result, &stack)
        if method.returns is not None:
            try:
                variant.python_to_pointer(method.returns, result, r_return)
                if isinstance(result, Object):
                    objects.let_go_if_unshared(result, 2)
            except TypeError as error:
                raise TypeError(f"the return value of {method.where}: {error}") from None
        elif result is not None:
            refuse_result(method, result)
        result = None  # it may be self, whose references `end` counts
    except BaseException:
        errors.report(method.where, method.function)
        if method.returns is not None:
            variant.write_default(method.returns, r_return)
    finally:
        end(&stack)


cdef int begin(Stack *stack, Method method, Link *link) except -1:
    stack.first = stack.end = SPARE
    if not method.static:
        instance = objects.instance_of(link)
        if instance is None:
            raise ReferenceError(f"the Python half of this {method.owner.__name__} is gone")
        stack.first = SPARE - 1
        stack.places[SPARE - 1] = <PyObject *>instance
        Py_INCREF(instance)
    return 0


cdef void push(Stack *stack, object argument) noexcept:
    Py_INCREF(argument)
    stack.places[stack.end] = <PyObject *>argument
    stack.end += 1


cdef object call(Stack *stack, Method method):
    function = method.function
    if not method.static:
        cls = type(<object>stack.places[SPARE - 1])
        if cls is not method.owner:
            function = method.function_of(cls)
    return PyObject_Vectorcall(
        function, &stack.places[stack.first], <size_t>(stack.end - stack.first) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)


cdef extern from "Python.h":
    size_t PY_VECTORCALL_ARGUMENTS_OFFSET


cdef void end(Stack *stack) noexcept:
    """Drops what the call held, and settles who owns the objects that took part (see objects.pyx)."""
    cdef int i
    cdef PyObject *argument
    try:
        for i in range(SPARE, stack.end):
            argument = stack.places[i]
            if isinstance(<object>argument, Object):
                objects.let_go_if_unshared(<object>argument, 2)
            Py_DECREF(<object>argument)
        if stack.first < SPARE:
            argument = stack.places[stack.first]
            objects.keep_if_shared(<Object>argument)
            objects.let_go_if_unshared(<object>argument, 2)
            Py_DECREF(<object>argument)
        objects.drain()
    except BaseException:
        errors.report("pythonscript")


cdef int give(Method method, object result, Variant *r_value) except -1:
    try:
        variant.result_from_python(method.returns, result, r_value)
    except TypeError as error:
        raise TypeError(f"the return value of {method.where}: {error}") from None
    return 0


cdef object started(Method method, object coroutine, Stack *stack):
    """What the call of an `async def` returns: its result or a signal of it; nothing to the engine's own virtual methods."""
    owner = <object>stack.places[SPARE - 1] if stack.first < SPARE else None
    result = variant.start_coroutine(coroutine, owner)
    return None if method.returns is None else result


cdef int refuse_result(Method method, object result) except -1:
    raise TypeError(f"{method.where} is declared to return nothing, but returned a {type(result).__name__}")


script_is_waiting = None
"""Says whether a script on this thread waits for the call that has failed, and looks at its error."""


def load(function):
    """Is given the function that finds out who has called (`godot._scripts.is_waiting`)."""
    global script_is_waiting
    script_is_waiting = function


cdef bint is_connected(object target, str name) except *:
    """Whether a signal may be the caller, which would print an error of its own that says nothing."""
    connections = call_method(target, "get_incoming_connections")
    return any([call_method(one["callable"], "get_method") == name for one in connections])


cdef void fail(Method method, PyObject *target, Variant *r_return, GDExtensionCallError *r_error) noexcept:
    """Tells GDScript: INVALID_METHOD with a String makes it stop the function and print the text."""
    # quirk - Godot 4.2-4.6 - modules/gdscript/gdscript_vm.cpp - drop when call errors carry a text of their own
    summary = errors.report(method.where, method.function)
    cdef int limit = errors.make_room()
    try:
        if not method.getter and script_is_waiting() and not (target is not NULL and is_connected(<object>target, method.name)):
            variant.from_python(summary.replace("\0", "\ufffd").encode("utf-8", "replace").decode(), r_return)
            r_error.error = GDEXTENSION_CALL_ERROR_INVALID_METHOD
        elif method.returns is not None:
            variant.new_default(method.returns, r_return)
    except BaseException:
        pass  # the report has been printed; without a text GDScript prints its own
    finally:
        errors.end_room(limit)
