/* SPDX-License-Identifier: MIT */
/* See edge_cases.h. */
#include "edge_cases.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_COUNT 6U

static void give_up(const char *text)
{
    fprintf(stderr, "edge cases: %s\n", text);
    exit(EXIT_FAILURE);
}

static void fill(struct edge_case *edge, const struct vector_line *line)
{
    if (line->field_count != FIELD_COUNT) {
        give_up("a line has not six fields");
    }
    edge->is_p256 = strcmp(line->fields[0], "p256") == 0;
    snprintf(edge->name, sizeof(edge->name), "%s: %s", line->fields[0],
             line->fields[1]);
    edge->is_right = strcmp(line->fields[2], "ok") == 0;
    edge->pub = vector_bytes(line->fields[3]);
    edge->msg = vector_bytes(line->fields[4]);
    edge->signature = vector_bytes(line->fields[5]);
    if (edge->pub.len_bytes !=
        (edge->is_p256 ? DUO_P256_PUBLIC_BYTES : DUO_ED25519_PUBLIC_BYTES)) {
        give_up("a public key has the wrong length");
    }
}

struct edge_cases *edge_cases_load(const char *path)
{
    FILE *file = fopen(path, "r");
    struct edge_cases *edges = calloc(1, sizeof(*edges));
    struct vector_line line = {0};
    if (file == NULL || edges == NULL) {
        give_up("the file cannot be opened");
    }
    while (edges->count < EDGE_CASES_MAX && vector_next(file, &line)) {
        fill(&edges->cases[edges->count++], &line);
    }
    if (edges->count == 0 || edges->count == EDGE_CASES_MAX) {
        give_up("none, or too many");
    }
    vector_line_free(&line);
    fclose(file);
    return edges;
}

void edge_cases_free(struct edge_cases *edges)
{
    for (size_t i = 0; i < edges->count; i++) {
        vector_bytes_free(edges->cases[i].pub);
        vector_bytes_free(edges->cases[i].msg);
        vector_bytes_free(edges->cases[i].signature);
    }
    free(edges);
}

enum duo_err edge_verify(struct duo_crypto *crypto,
                         const struct edge_case *edge)
{
    if (edge->is_p256) {
        return crypto->ops->verify_p256(crypto, edge->pub.data, edge->msg.data,
                                        edge->signature);
    }
    return crypto->ops->verify_ed25519(crypto, edge->pub.data, edge->msg,
                                       edge->signature);
}
