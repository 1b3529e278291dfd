/* Preloaded before AddressSanitizer, which ends a program that opens a library with RTLD_DEEPBIND: it would have the
 * system's malloc and not the checked one. The engine opens extensions so (drivers/unix/os_unix.cpp). */
#define _GNU_SOURCE
#include <dlfcn.h>

void *dlopen(const char *path, int mode) {
    void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    return next(path, mode & ~RTLD_DEEPBIND);
}
