/* SPDX-License-Identifier: MIT */
/* duoboot version: tell the version of this program and its library. */
#include <argp.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>

#include "exit_codes.h"
#include "print_json.h"
#include "verb.h"

static const struct argp_option option_table[] = {
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0 }
};

static const char doc[] = "Tell the version of this program.\v"
                          "Examples:\n"
                          "  duoboot version\n"
                          "  duoboot version --json\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != 'j') {
        return ARGP_ERR_UNKNOWN;
    }
    *(bool *)state->input = true;
    return 0;
}

int duo_verb_version(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_table, .parser = parse, .doc = doc};
    bool is_json = false;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &is_json);
    if (is_json) {
        json_t *object =
            json_pack("{s:s,s:s}", "version", DUO_VERSION, "openssl",
                      OpenSSL_version(OPENSSL_VERSION_STRING));
        duo_print_json(object);
    } else {
        (void)printf("duoboot %s\n", DUO_VERSION);
    }
    return DUO_EXIT_OK;
}
