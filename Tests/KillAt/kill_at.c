// Kills a process with SIGKILL at its n-th system call that changes a file of a data folder, or in
// the middle of it. Preloaded (LD_PRELOAD) into `anteroom` by the tests' Killer, so that
// calls of SQLite and of Foundation count as ours do.
//
//   KILL_AT_UNDER    paths that begin so count (a data folder, and the files beside it)
//   KILL_AT_NOT      paths that begin so do not
//   KILL_AT          at which call, from 1; a process with fewer ends as it would
//   KILL_AT_HALF     set: a write is half done first; unset: the call is not made
//   KILL_AT_SAY      a file that is told the call and the path, or how many there were
//
// Covered: what libsqlite3, libFoundation and we call through the C library. A call made by libc
// within itself (fopen), by `syscall` or through shared memory is not seen: `strace -f -y` beside it
// shows none that changes these files.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES_MAX = 4096, PATH_BYTES = 512 };

static char under[PATH_BYTES], not_under[PATH_BYTES], say[PATH_BYTES];
static long at;
static int half;
static atomic_long calls;
// Paths of descriptors that count, by number; empty: one that does not.
static char paths[FILES_MAX][PATH_BYTES];

static void copied(char *to, const char *name) {
    const char *value = getenv(name);
    if (value) snprintf(to, PATH_BYTES, "%s", value);
}

__attribute__((constructor)) static void begin(void) {
    copied(under, "KILL_AT_UNDER");
    copied(not_under, "KILL_AT_NOT");
    copied(say, "KILL_AT_SAY");
    const char *number = getenv("KILL_AT");
    at = number ? atol(number) : 0;
    half = getenv("KILL_AT_HALF") != NULL;
}

// Straight to the kernel: what is said is no call that counts.
static void tell(const char *text) {
    if (!*say) return;
    long file = syscall(SYS_openat, AT_FDCWD, say, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) return;
    syscall(SYS_write, file, text, strlen(text));
    syscall(SYS_close, file);
}

__attribute__((destructor)) static void end(void) {
    char text[64];
    snprintf(text, sizeof text, "%ld calls\n", atomic_load(&calls));
    tell(text);
}

static int counts(const char *path) {
    if (!path || !*under || strncmp(path, under, strlen(under)) != 0) return 0;
    return !*not_under || strncmp(path, not_under, strlen(not_under)) != 0;
}

static void die(const char *call, const char *path) {
    char text[PATH_BYTES + 64];
    snprintf(text, sizeof text, "%s %s\n", call, path);
    tell(text);
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

// True where it is the one, and a part of it is to be done first.
static int is_last(const char *call, const char *path, int divisible) {
    if (atomic_fetch_add(&calls, 1) + 1 != at) return 0;
    if (half && divisible) return 1;
    die(call, path);
    return 0;
}

static const char *path_of(int file) {
    return file >= 0 && file < FILES_MAX && paths[file][0] ? paths[file] : NULL;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// Opening counts where it makes a file, or empties it.
#define OPEN(name, parameters, arguments, directory) \
    int name parameters { \
        NEXT(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list list; \
            va_start(list, flags); \
            mode = va_arg(list, mode_t); \
            va_end(list); \
        } \
        int known = (directory) && counts(path); \
        if (known && ((flags & O_TRUNC) || ((flags & O_CREAT) && access(path, F_OK) != 0))) \
            is_last(#name, path, 0); \
        int file = next arguments; \
        if (file >= 0 && file < FILES_MAX) \
            snprintf(paths[file], PATH_BYTES, "%s", known ? path : ""); \
        return file; \
    }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode), 1)
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), 1)
OPEN(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode), *path == '/')
OPEN(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode), *path == '/')

int close(int file) {
    NEXT(close);
    if (file >= 0 && file < FILES_MAX) paths[file][0] = 0;
    return next(file);
}

// Half of a write, up to the end of a sector: disks write those whole or not at all, which is what
// torn is told from damaged by (docs/log-format.md).
static size_t half_of(size_t count, off_t place) {
    off_t end = (place + (off_t)(count / 2)) & ~(off_t)511;
    return end > place ? (size_t)(end - place) : 0;
}

#define WRITE(name, parameters, arguments, halved) \
    ssize_t name parameters { \
        NEXT(name); \
        const char *path = path_of(file); \
        if (path && is_last(#name, path, 1)) { \
            (void)!next halved; \
            die(#name " by half", path); \
        } \
        return next arguments; \
    }
WRITE(write, (int file, const void *bytes, size_t count), (file, bytes, count),
    (file, bytes, count / 2))
WRITE(pwrite, (int file, const void *bytes, size_t count, off_t place),
    (file, bytes, count, place), (file, bytes, half_of(count, place), place))
WRITE(pwrite64, (int file, const void *bytes, size_t count, off64_t place),
    (file, bytes, count, place), (file, bytes, half_of(count, place), place))
WRITE(writev, (int file, const struct iovec *parts, int count), (file, parts, count),
    (file, parts, count / 2))
WRITE(pwritev, (int file, const struct iovec *parts, int count, off_t place),
    (file, parts, count, place), (file, parts, count / 2, place))
WRITE(pwritev64, (int file, const struct iovec *parts, int count, off64_t place),
    (file, parts, count, place), (file, parts, count / 2, place))

#define ON_FILE(name, parameters, arguments) \
    int name parameters { \
        NEXT(name); \
        const char *path = path_of(file); \
        if (path) is_last(#name, path, 0); \
        return next arguments; \
    }
ON_FILE(fsync, (int file), (file))
ON_FILE(fdatasync, (int file), (file))
ON_FILE(ftruncate, (int file, off_t length), (file, length))
ON_FILE(ftruncate64, (int file, off64_t length), (file, length))
ON_FILE(posix_fallocate, (int file, off_t place, off_t length), (file, place, length))
ON_FILE(posix_fallocate64, (int file, off64_t place, off64_t length), (file, place, length))
ON_FILE(fallocate, (int file, int mode, off_t place, off_t length), (file, mode, place, length))
ON_FILE(fallocate64, (int file, int mode, off64_t place, off64_t length),
    (file, mode, place, length))
ON_FILE(fchmod, (int file, mode_t mode), (file, mode))

#define ON_PATH(name, parameters, arguments, path) \
    int name parameters { \
        NEXT(name); \
        if (counts(path)) is_last(#name, path, 0); \
        return next arguments; \
    }
ON_PATH(unlink, (const char *path), (path), path)
ON_PATH(unlinkat, (int at, const char *path, int flags), (at, path, flags), path)
ON_PATH(remove, (const char *path), (path), path)
ON_PATH(rmdir, (const char *path), (path), path)
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), path)
ON_PATH(chmod, (const char *path, mode_t mode), (path, mode), path)
ON_PATH(truncate, (const char *path, off_t length), (path, length), path)
ON_PATH(rename, (const char *path, const char *other), (path, other), other)
ON_PATH(renameat2, (int at, const char *path, int to, const char *other, unsigned flags),
    (at, path, to, other, flags), other)
ON_PATH(link, (const char *path, const char *other), (path, other), other)
