/* The extension's entry: finds a Python, starts it inside the engine, and hands over to `godot._startup`.
 *
 * This library is not linked with libpython: a machine without one must still open the project, with one clear error.
 * libpython is opened here, globally, because the engine opens extensions with RTLD_LOCAL|RTLD_DEEPBIND
 * (drivers/unix/os_unix.cpp), under which Python's own C modules would not find its symbols.
 *
 * Python is looked for in this order:
 *   1. $PYTHONSCRIPT_HOME, a Python's prefix or a virtual environment;
 *   2. `python/` beside the addon (project) or beside this library (exported game);
 *   3. the folder that the file `python_home` beside this library names (written by tools/dev.py).
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gdextension_interface.h"

#define TEXT(x) #x
#define VERSION_TEXT(major, minor) TEXT(major) "." TEXT(minor)
#define VERSION VERSION_TEXT(PY_MAJOR_VERSION, PY_MINOR_VERSION)
#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu" /* the folder of Debian's libraries */
#elif defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#endif
#define SONAME "libpython" VERSION ".so.1.0"

/* The part of Python's C interface that is called from here; what follows is Cython's. */
#define PYTHON_FUNCTIONS(X) \
    X(Py_GetVersion) \
    X(PyPreConfig_InitIsolatedConfig) \
    X(Py_PreInitialize) \
    X(PyConfig_InitIsolatedConfig) \
    X(PyConfig_SetBytesString) \
    X(PyConfig_Clear) \
    X(Py_InitializeFromConfig) \
    X(PyStatus_Exception) \
    X(PyEval_SaveThread) \
    X(PyEval_RestoreThread) \
    X(Py_FinalizeEx) \
    X(PyImport_ImportModule) \
    X(PyObject_CallMethod) \
    X(PyObject_IsTrue) \
    X(PyErr_Print) \
    X(PySys_GetObject) \
    X(PyUnicode_DecodeFSDefault) \
    X(PyList_Insert) \
    X(Py_DecRef)

static struct {
#define DECLARE(name) __typeof__(&name) name;
    PYTHON_FUNCTIONS(DECLARE)
#undef DECLARE
} python;

static GDExtensionInterfaceGetProcAddress get_proc_address;
static GDExtensionClassLibraryPtr library;
static PyThreadState *main_thread; /* NULL while Python does not run */
static char addons[PATH_MAX];      /* the folder of all addons */

static void report(const char *format, ...) {
    char text[3 * PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Interface engine;
    engine.print_error = (__typeof__(engine.print_error))get_proc_address("print_error");
    engine.print_error(text, "pythonscript_init", "pythonscript.c", 0, 1);
}

/* Where Python is */

static int exists(const char *folder, const char *file, char *path) {
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, file);
    return length < PATH_MAX && access(path, R_OK) == 0;
}

static void parent_of(const char *path, char *folder) {
    snprintf(folder, PATH_MAX, "%s", path);
    *strrchr(folder, '/') = '\0';
}

/* Lexically: an addon that is a symbolic link belongs to the project that it is linked into. */
static int own_folder(char *folder) {
    Dl_info info;
    char path[PATH_MAX];
    if (!dladdr((void *)&own_folder, &info)) return 0;
    if (*info.dli_fname != '/' && !realpath(info.dli_fname, path)) return 0;
    parent_of(*info.dli_fname == '/' ? info.dli_fname : path, folder);
    return 1;
}

/* The value of `key = value` in a pyvenv.cfg, or the first line of a file when `key` is NULL. */
static int read_line(const char *path, const char *key, char *value) {
    char line[PATH_MAX + 64];
    int found = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (!found && fgets(line, sizeof line, file)) {
        char *start = line;
        line[strcspn(line, "\r\n")] = '\0';
        if (key) {
            size_t length = strlen(key);
            if (strncmp(line, key, length) || !(start = strchr(line + length, '='))) continue;
            start += 1 + strspn(start + 1, " ");
        }
        found = snprintf(value, PATH_MAX, "%s", start) < PATH_MAX && *value;
    }
    fclose(file);
    return found;
}

static int find_home(const char *folder, char *home) {
    char path[PATH_MAX];
    const char *asked = getenv("PYTHONSCRIPT_HOME");
    if (asked && *asked) return realpath(asked, home) || snprintf(home, PATH_MAX, "%s", asked);
    if (exists(folder, "../python/bin/python3", path)) return snprintf(home, PATH_MAX, "%s/../python", folder);
    if (exists(folder, "python/bin/python3", path)) return snprintf(home, PATH_MAX, "%s/python", folder);
    return exists(folder, "python_home", path) && read_line(path, NULL, home);
}

/* Opens the libpython of a home: its own, that of the Python a virtual environment was made from, the system's. */
static void *open_libpython(const char *home) {
    static const char *const places[] = {"lib/" SONAME, "lib/" MULTIARCH "/" SONAME};
    char path[PATH_MAX], base[PATH_MAX], parent[PATH_MAX];
    const char *prefixes[2] = {home, NULL};
    if (exists(home, "pyvenv.cfg", path) && read_line(path, "home", base) && snprintf(parent, PATH_MAX, "%s/..", base) < PATH_MAX)
        prefixes[1] = parent;
    for (int i = 0; i < 2 && prefixes[i]; i++)
        for (size_t j = 0; j < sizeof places / sizeof *places; j++)
            if (exists(prefixes[i], places[j], path)) return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    return dlopen(SONAME, RTLD_NOW | RTLD_GLOBAL);
}

static int load_python(const char *home) {
    void *handle = open_libpython(home);
    const char *missing = NULL;
    if (!handle) {
        report("pythonscript needs " SONAME " for the Python in %s: %s. "
               "Python " VERSION " must be built with a shared library (Debian: libpython" VERSION ").", home, dlerror());
        return 0;
    }
#define LOOK_UP(name) \
    if (!(python.name = (__typeof__(python.name))dlsym(handle, #name))) missing = #name;
    PYTHON_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    if (missing) {
        report("pythonscript cannot use the Python in %s: its library has no %s.", home, missing);
        return 0;
    }
    if (strncmp(python.Py_GetVersion(), VERSION ".", strlen(VERSION ".")) != 0) {
        report("pythonscript was built for Python " VERSION ", but %s is Python %.20s.", home, python.Py_GetVersion());
        return 0;
    }
    return 1;
}

/* Python's start and end */

static int failed(PyStatus status, const char *home) {
    if (!python.PyStatus_Exception(status)) return 0;
    report("pythonscript cannot start the Python in %s: %s.", home, status.err_msg ? status.err_msg : "it asked to exit");
    return 1;
}

/* The engine keeps its signals and its arguments, and Python its own folder whatever the working directory is. */
static int initialize_python(const char *home) {
    PyPreConfig preconfig;
    PyConfig config;
    char executable[PATH_MAX];
    int ok;
    if (!exists(home, "bin/python3", executable)) {
        report("pythonscript finds no Python in %s: there is no bin/python3.", home);
        return 0;
    }
    python.PyPreConfig_InitIsolatedConfig(&preconfig);
    preconfig.utf8_mode = 1;
#ifdef __SANITIZE_ADDRESS__ /* which sees no single object of Python's own pools */
    preconfig.allocator = PYMEM_ALLOCATOR_MALLOC;
#endif
    if (failed(python.Py_PreInitialize(&preconfig), home)) return 0;
    python.PyConfig_InitIsolatedConfig(&config); /* no signal handlers, no arguments, no environment variables */
    ok = !failed(python.PyConfig_SetBytesString(&config, &config.executable, executable), home) && /* for multiprocessing too */
         !failed(python.PyConfig_SetBytesString(&config, &config.program_name, executable), home) &&
         !failed(python.Py_InitializeFromConfig(&config), home);
    python.PyConfig_Clear(&config);
    return ok;
}

static void add_to_path(const char *folder) {
    PyObject *text = python.PyUnicode_DecodeFSDefault(folder);
    python.PyList_Insert(python.PySys_GetObject("path"), 0, text);
    python.Py_DecRef(text);
}

/* Calls `godot._startup.<function>`, which takes as many of the arguments here as `format` names; returns its truth, or -1
 * after an exception, which has been printed. */
static int call_startup(const char *function, const char *format) {
    PyObject *module = python.PyImport_ImportModule("godot._startup"), *result = NULL;
    int truth = -1;
    if (module) result = python.PyObject_CallMethod(module, function, format, addons, (size_t)get_proc_address, (size_t)library);
    if (result)
        truth = python.PyObject_IsTrue(result);
    else {
        python.PyErr_Print();
        report("pythonscript: godot._startup.%s failed; the reason is printed above.", function);
    }
    if (result) python.Py_DecRef(result);
    if (module) python.Py_DecRef(module);
    return truth;
}

static void start(void) {
    char folder[PATH_MAX], home[PATH_MAX], path[PATH_MAX];
    if (!own_folder(folder)) {
        report("pythonscript cannot tell where its own library lies.");
        return;
    }
    /* In a project we are addons/pythonscript/bin/; in an exported game flat beside the executable, next to addons/. */
    if (exists(folder, "../godot/__init__.py", path)) {
        parent_of(folder, path);
        parent_of(path, addons);
    } else if (!exists(folder, "addons", addons)) {
        report("pythonscript finds no addons folder near %s.", folder);
        return;
    }
    if (!find_home(folder, home)) {
        report("pythonscript finds no Python: set PYTHONSCRIPT_HOME to a Python " VERSION " or a virtual environment, "
               "or run tools/dev.py setup.");
        return;
    }
    if (!load_python(home) || !initialize_python(home)) return;
    add_to_path(addons);
    if (snprintf(path, PATH_MAX, "%s/pythonscript", addons) < PATH_MAX) add_to_path(path);
    if (snprintf(path, PATH_MAX, "%s/pythonscript/bin", addons) < PATH_MAX) add_to_path(path);
    call_startup("start", "snn");
    main_thread = python.PyEval_SaveThread();
}

static void stop(void) {
    python.PyEval_RestoreThread(main_thread);
    main_thread = NULL;
    /* False: a thread of the game's would keep Py_FinalizeEx, and so the quitting game, waiting. The process ends anyway. */
    if (call_startup("stop", NULL) != 0)
        python.Py_FinalizeEx();
    else
        python.PyEval_SaveThread();
}

static void call_at_editor(const char *function, const char *format) {
    if (!main_thread) return;
    python.PyEval_RestoreThread(main_thread);
    call_startup(function, format);
    main_thread = python.PyEval_SaveThread();
}

/* Levels 0 to 3 all come, whatever the minimum says; EDITOR also in a game that an editor's binary runs. */
static void initialize(void *userdata, GDExtensionInitializationLevel level) {
    (void)userdata;
    if (level == GDEXTENSION_INITIALIZATION_SCENE) start();
    if (level == GDEXTENSION_INITIALIZATION_EDITOR) call_at_editor("start_editor", "(s)");
}

static void deinitialize(void *userdata, GDExtensionInitializationLevel level) {
    (void)userdata;
    if (level == GDEXTENSION_INITIALIZATION_EDITOR) call_at_editor("stop_editor", NULL);
    if (level == GDEXTENSION_INITIALIZATION_SCENE && main_thread) stop();
}

__attribute__((visibility("default"))) GDExtensionBool pythonscript_init(
    GDExtensionInterfaceGetProcAddress p_get_proc_address, GDExtensionClassLibraryPtr p_library, GDExtensionInitialization *r_initialization) {
    get_proc_address = p_get_proc_address;
    library = p_library;
    r_initialization->minimum_initialization_level = GDEXTENSION_INITIALIZATION_SCENE;
    r_initialization->initialize = initialize;
    r_initialization->deinitialize = deinitialize;
    return 1;
}
