/* SPDX-License-Identifier: MIT */
/* Both back ends against the edge cases of crypto_edges.py: one test each,
 * with the name that the file gives it. The first argument names the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edge_cases.h"

static void is_judged_right(void **state)
{
    const struct edge_case *edge = *state;
    const char *expected = edge->is_right ? "ok" : "refused";
    struct backends backends;
    backends_open(&backends);
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        const char *result =
            vector_result(edge_verify(backends.cryptos[i], edge));
        if (strcmp(result, expected) != 0) {
            fail_msg("%s: %s, not %s", backends.names[i], result, expected);
        }
    }
    backends_close(&backends);
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[EDGE_CASES_MAX];
    if (argc != 2) {
        fprintf(stderr, "usage: crypto_edges_test FILE\n");
        return EXIT_FAILURE;
    }
    struct edge_cases *edges = edge_cases_load(argv[1]);
    for (size_t i = 0; i < edges->count; i++) {
        struct edge_case *edge = &edges->cases[i];
        tests[i] =
            (struct CMUnitTest){edge->name, is_judged_right, NULL, NULL, edge};
    }
    int failures = _cmocka_run_group_tests("crypto_edges", tests, edges->count,
                                           NULL, NULL);
    edge_cases_free(edges);
    return failures;
}
