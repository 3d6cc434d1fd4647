/* SPDX-License-Identifier: MIT */
/* duoboot layout: check a layout file and generate from it. */
#include <argp.h>
#include <errno.h>
#include <string.h>

#include "exit_codes.h"
#include "layout.h"

int duo_verb_layout(int argc, char **argv);

#define LAYOUT_DEFAULT "layouts/nrf5340dk.yml"

typedef void emitter(const struct duo_layout_file *file, FILE *out);

struct action {
    const char *name;
    emitter *emit; /* NULL: check only. */
};

enum action_index { SHOW, CHECK, C, LD, DTS, MD, DTS_NET, JSON };

/* The first six are the words that a user may write. */
static const struct action actions[] = {
    [SHOW] = {"show",               duo_layout_emit_text   },
    [CHECK] = {"check",              NULL                   },
    [C] = {"c",                  duo_layout_emit_c      },
    [LD] = {"ld",                 duo_layout_emit_ld     },
    [DTS] = {"dts",                duo_layout_emit_dts_app},
    [MD] = {"md",                 duo_layout_emit_md     },
    [DTS_NET] = {"dts (network core)", duo_layout_emit_dts_net},
    [JSON] = {"show (JSON)",        duo_layout_emit_json   },
};

struct options {
    const struct action *action;
    const char *layout_path;
    const char *output_path; /* NULL: standard output. */
    bool is_json;
    bool is_net;
};

static const struct argp_option option_table[] = {
    {.name = "layout",
     .key = 'l',
     .arg = "FILE",
     .doc = "Layout file, else " LAYOUT_DEFAULT},
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "Write there, not to standard output"},
    {.name = "json",
     .key = 'j',
     .doc = "show: print JSON, for scripts and other tools"},
    {.name = "core",
     .key = 'c',
     .arg = "CORE",
     .doc = "dts: for core app (default) or net"},
    {0},
};

static const char doc[] =
    "Check a memory layout (partition manager's pm_static.yml) and generate "
    "from it.\v"
    "Actions:\n"
    "  show   the memory map, as a table (--json: for scripts)\n"
    "  check  only say what is wrong\n"
    "  c      table for duo/layout.h\n"
    "  ld     linker symbols\n"
    "  dts    devicetree overlay with fixed partitions\n"
    "  md     Markdown table\n"
    "Every action checks the file first and writes nothing if it has errors.";

static const struct action *find_action(const char *name)
{
    for (unsigned i = 0; i <= MD; i++) {
        if (strcmp(actions[i].name, name) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'l': options->layout_path = arg; return 0;
    case 'o': options->output_path = arg; return 0;
    case 'j': options->is_json = true; return 0;
    case 'c':
        options->is_net = strcmp(arg, "net") == 0;
        if (!options->is_net && strcmp(arg, "app") != 0) {
            argp_error(state, "--core is app or net, not '%s'", arg);
        }
        return 0;
    case ARGP_KEY_ARG:
        if (options->action != NULL) {
            argp_error(state, "one action only");
        }
        options->action = find_action(arg);
        if (options->action == NULL) {
            argp_error(state, "no action '%s'", arg);
        }
        return 0;
    case ARGP_KEY_END:
        if (options->action == NULL) {
            argp_error(state, "an action is needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* --json and --core choose a variant of their action. */
static bool settle_action(struct options *options)
{
    if (options->is_json && options->action != &actions[SHOW]) {
        (void)fprintf(stderr, "duoboot layout: --json goes with show only\n");
        return false;
    }
    if (options->is_net && options->action != &actions[DTS]) {
        (void)fprintf(stderr, "duoboot layout: --core goes with dts only\n");
        return false;
    }
    if (options->is_json) {
        options->action = &actions[JSON];
    }
    if (options->is_net) {
        options->action = &actions[DTS_NET];
    }
    return true;
}

static bool write_output(const struct options *options,
                         const struct duo_layout_file *file)
{
    FILE *out = stdout;
    bool is_whole;

    if (options->output_path != NULL) {
        out = fopen(options->output_path, "w");
    }
    if (out == NULL) {
        (void)fprintf(stderr, "duoboot layout: %s: %s\n", options->output_path,
                      strerror(errno));
        return false;
    }
    options->action->emit(file, out);
    is_whole = fflush(out) == 0 && !ferror(out);
    if (out != stdout) {
        is_whole = fclose(out) == 0 && is_whole;
    }
    if (!is_whole) {
        (void)fprintf(stderr, "duoboot layout: the output is not whole: %s\n",
                      strerror(errno));
    }
    return is_whole;
}

int duo_verb_layout(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse_option, "ACTION", doc,
                                     NULL,         NULL,         NULL};
    struct options options = {.layout_path = LAYOUT_DEFAULT};
    struct duo_layout_file *file = NULL;
    enum duo_exit result = DUO_EXIT_OK;

    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0 ||
        !settle_action(&options)) {
        return DUO_EXIT_USAGE;
    }
    file = duo_layout_read(options.layout_path, stderr);
    if (!duo_layout_check(file)) {
        result = file->has_io_failed ? DUO_EXIT_IO : DUO_EXIT_INPUT;
    } else if (options.action->emit != NULL) {
        result = write_output(&options, file) ? DUO_EXIT_OK : DUO_EXIT_IO;
    } else {
        (void)printf("%s: %u entries, no errors\n", file->path,
                     (unsigned)file->entry_count);
    }
    duo_layout_free(file);
    return (int)result;
}
