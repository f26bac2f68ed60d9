// What Swift's Glibc module does not show: prctl takes a variable number of arguments.
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
