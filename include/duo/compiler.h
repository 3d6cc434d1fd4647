/* SPDX-License-Identifier: MIT */
/* What differs between compilers and language modes, in one place. */
#ifndef DUO_COMPILER_H
#define DUO_COMPILER_H

/* In C2x mode gcc and clang warn on every ignored result of a function that
 * returns an enum marked so; in C11 mode the attribute is not accepted there.
 * The clang preset is C2x for that check. */
#if defined(__STDC_VERSION__) && __STDC_VERSION__ > 201710L
#define DUO_NODISCARD [[nodiscard]]
#else
#define DUO_NODISCARD
#endif

/* For a function that becomes one or two instructions: a compiler that
 * optimises for size may count them too early and make a call of each use. */
#define DUO_INLINE __attribute__((always_inline)) static inline

#endif
