/* SPDX-License-Identifier: MIT */
/* The cases that crypto_edges.py writes. */
#ifndef DUO_EDGE_CASES_H
#define DUO_EDGE_CASES_H

#include "vector_file.h"

#define EDGE_CASES_MAX 512U

struct edge_case {
    char name[96];
    bool is_p256;
    bool is_right;
    struct duo_bytes pub;
    struct duo_bytes msg; /* P-256: the digest. */
    struct duo_bytes signature;
};

struct edge_cases {
    size_t count;
    struct edge_case cases[EDGE_CASES_MAX];
};

/** All cases of the file; ends the process if it is not such a file. */
struct edge_cases *edge_cases_load(const char *path);
void edge_cases_free(struct edge_cases *edges);

enum duo_err edge_verify(struct duo_crypto *crypto,
                         const struct edge_case *edge);

#endif
