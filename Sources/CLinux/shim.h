#pragma once
// Linux headers that the Glibc module does not show.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/signalfd.h>
#include <sys/prctl.h>
#include <malloc.h>

// Asks for the cache line of an address, which may be any, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }
