/* Whether a compiled file is whole, and the libraries beside it that it needs. */
#ifndef PYTHONSCRIPT_WHOLE_H
#define PYTHONSCRIPT_WHOLE_H

#include "platform.h"

#define DAMAGE_SIZE (3 * PATH_SIZE)

/* Finds out why a compiled file must not be loaded: it, or one that it needs, is cut short, and would end the process; or one is
 * not there, and the system's would come in its place.
 *
 * folder: that of a home's libraries. A file that says that it has them there must have them all there. why: the reason, a clause.
 * Returns 0 if nothing is known to be wrong; of what is no such file, the system says so itself. */
int find_damage(const char *path, const char *folder, char why[DAMAGE_SIZE]);

#endif
