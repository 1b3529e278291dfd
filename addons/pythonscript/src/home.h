/* Where Python is, and what it is made of. */
#ifndef PYTHONSCRIPT_HOME_H
#define PYTHONSCRIPT_HOME_H

#include "platform.h"

#define STRING(x) #x
#define JOINED(major, separator, minor) STRING(major) separator STRING(minor)
#define VERSION JOINED(PY_MAJOR_VERSION, ".", PY_MINOR_VERSION) /* of the Python that this host is compiled for */

typedef struct {
    char prefix[PATH_SIZE];     /* a Python's, or a virtual environment */
    char base[PATH_SIZE];       /* the prefix of the Python that a virtual environment was made from; else the same */
    char library[PATH_SIZE];    /* libpython */
    char libraries[PATH_SIZE];  /* the folder that has it, and in a bundle those that its modules need */
    char executable[PATH_SIZE]; /* where it would be: a bundle has none */
    char stdlib[PATH_SIZE];     /* the standard library */
    int is_environment;         /* a virtual one */
    int is_bundled;
    const char *advice; /* what to do about it if it does not fit */
} Home;

/* Finds the Python to start and its parts. In this order:
 *   1. in the editor's binary: $PYTHONSCRIPT_HOME, a Python's prefix or a virtual environment;
 *   2. the bundle, `python/<platform>` in the addon;
 *   3. in the editor's binary: the folder that the file `python_home` beside this library names (tools/dev.py writes it).
 * The first that is there counts: if it does not fit, none is looked for behind it, and never the system's.
 *
 * own: the folder of this library. addon: that of the addon. is_editor: this is an editor's binary, not an export template.
 * Returns 0 if there is none that fits, which was reported. */
int find_home(const char *own, const char *addon, int is_editor, Home *home);

/* The folders that modules are imported from, in their order: `index` from 0 on; returns 0 behind the last. Those of a
 * Python's own packages, and of a virtual environment's, are left to its module `site`, except in a bundle. */
int module_folder(const Home *home, int index, char path[PATH_SIZE]);

/* Makes the path of what is in a folder; 0: it would be too long. */
int join(char path[PATH_SIZE], const char *folder, const char *file);

/* Prints an error of the engine's, a sentence. */
void report(const char *format, ...);

#endif
