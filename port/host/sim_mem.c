/* SPDX-License-Identifier: MIT */
/* Host memory for the simulation: a test has no use for running on without. */
#include <stdio.h>
#include <stdlib.h>

#include "sim_internal.h"

static void *checked(void *memory)
{
    if (memory == NULL) {
        (void)fputs("simulation: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *sim_alloc(size_t len_bytes)
{
    return checked(calloc(1, len_bytes == 0 ? 1 : len_bytes));
}

void *sim_alloc_pages(size_t len_bytes)
{
    size_t pages = (len_bytes + SIM_HOST_PAGE_BYTES - 1U) / SIM_HOST_PAGE_BYTES;

    return checked(
        aligned_alloc(SIM_HOST_PAGE_BYTES, pages * SIM_HOST_PAGE_BYTES));
}

void *sim_grow(void *old, size_t len_bytes)
{
    return checked(realloc(old, len_bytes == 0 ? 1 : len_bytes));
}
