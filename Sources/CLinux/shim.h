#pragma once
// Linux headers that the Glibc module does not show.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/signalfd.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <malloc.h>

// Asks for the cache line of an address, which may be any, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

// A GNU extension, which Glibc's module leaves out.
extern void *mremap(void *address, size_t old_bytes, size_t new_bytes, int flags, ...);

// Swift does not call functions of a variable number of arguments. The mapping may move; MAP_FAILED when there is no memory.
static inline void *resize_mapping(void *address, size_t old_bytes, size_t new_bytes) {
    return mremap(address, old_bytes, new_bytes, 1 /* MREMAP_MAYMOVE */);
}
