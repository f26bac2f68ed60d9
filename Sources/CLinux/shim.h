// What Swift's Glibc module does not show: prctl takes a variable number of arguments.
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/// 0 where this process can be neither dumped nor traced by its user's other processes any more.
static inline int anteroom_make_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Names the calling thread, for `top -H` and `perf`; 15 bytes at most are kept.
static inline void anteroom_name_thread(const void *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/// The resource numbers, which are enumerators of a type Swift does not export.
static inline int anteroom_get_locked_memory_limit(struct rlimit *limit) {
    return getrlimit(RLIMIT_MEMLOCK, limit);
}

static inline int anteroom_forbid_core_files(void) {
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none);
}

/// Locks pages as they are first touched, now and later.
static inline int anteroom_lock_memory(void) {
#ifdef MCL_ONFAULT
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
#else
    return mlockall(MCL_CURRENT | MCL_FUTURE | 4);
#endif
}

/// Most of its own memory, and most seconds of processor time, that this process may have from now
/// on; the kernel ends it beyond the second, and allocations fail beyond the first. No file grows
/// by it.
static inline int anteroom_confine(rlim_t bytes, rlim_t seconds) {
    const struct rlimit memory = {bytes, bytes}, time = {seconds, seconds}, none = {0, 0};
    return setrlimit(RLIMIT_DATA, &memory) | setrlimit(RLIMIT_CPU, &time)
        | setrlimit(RLIMIT_FSIZE, &none) | setrlimit(RLIMIT_CORE, &none);
}

/// A GNU extension, which the headers keep from Swift.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *files, int from);

static inline int anteroom_close_from(void *files, int from) {
    return posix_spawn_file_actions_addclosefrom_np(files, from);
}
