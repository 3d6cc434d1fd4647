/* SPDX-License-Identifier: MIT */
/* Broken variants of the product, one safety rule each, made by the linker
 * (--wrap): the sweep must catch every one. No product code knows of them. */
#ifndef DUO_TEST_MUTANTS_H
#define DUO_TEST_MUTANTS_H

#include <stdbool.h>

/** False if there is no mutant of this name. */
bool mutant_choose(const char *name);

#endif
