/* SPDX-License-Identifier: MIT */
/* Options of boot and reset; see board_boot_options.h. */
#include "board_boot_options.h"

#include <string.h>
#include <sys/random.h>

#include "text.h"

enum option_key {
    OPTION_CUT_AT = 256,
    OPTION_CUT_KIND,
    OPTION_SEED,
    OPTION_CRYPTO,
    OPTION_CHARGE_CPU,
    OPTION_NET,
    OPTION_EXT,
    OPTION_REPORT,
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"cut-at", OPTION_CUT_AT, "N|random", 0, "Cut the power at flash operation N, counted from 1", 0},
    {"cut-kind", OPTION_CUT_KIND, "KIND", 0, "before, torn, garbage, partial-erase or after it (default: torn; random with a random N)", 0},
    {"seed", OPTION_SEED, "N", 0, "Of all randomness (default: drawn, and told)", 0},
    {"crypto", OPTION_CRYPTO, "openssl|small", 0, "Who verifies: the host's library, or the device's own (default: openssl)", 1},
    {"charge-cpu", OPTION_CHARGE_CPU, NULL, 0, "Hashing and signatures take the time that the cores need", 1},
    {"net", OPTION_NET, "good|silent|lies", 0, "How the network core does (default: good)", 1},
    {"ext", OPTION_EXT, "good|absent", 0, "How the external chip does (default: good)", 1},
    {"stats", 's', NULL, 0, "Tell what it cost: pages, erases, words, time", 2},
    {"json", 'j', NULL, 0, "Print JSON", 2},
    {"report", OPTION_REPORT, "FILE", 0, "Print the log and write the JSON to FILE", 2},
    {0}};
/* clang-format on */

static const char boot_doc[] =
    "Switch the board off and on and run one boot up to the start of the "
    "application, with a log in virtual time. Ends with 0 if the application "
    "was started, 7 if the board is in recovery mode, 8 if the power was "
    "cut.\v"
    "Examples:\n"
    "  duoboot board boot dk --stats\n"
    "  duoboot board boot dk --cut-at random --seed 7; duoboot board boot dk\n"
    "  duoboot board boot dk --cut-at 120 --cut-kind garbage\n"
    "  duoboot board boot dk --net silent\n";

static const char reset_doc[] =
    "As `duoboot board boot', but without switching the power off: the "
    "external chip keeps its mode.\v"
    "Example:\n"
    "  duoboot board reset dk\n";

const struct duo_board_word duo_board_cut_words[] = {
    {"before",        DUO_SIM_CUT_BEFORE       },
    {"torn",          DUO_SIM_CUT_TORN         },
    {"garbage",       DUO_SIM_CUT_GARBAGE      },
    {"partial-erase", DUO_SIM_CUT_PARTIAL_ERASE},
    {"after",         DUO_SIM_CUT_AFTER        },
    {NULL,            0                        }
};
static const struct duo_board_word net_words[] = {
    {"good",   DUO_NATIVE_NET_GOOD  },
    {"silent", DUO_NATIVE_NET_SILENT},
    {"lies",   DUO_NATIVE_NET_LIES  },
    {NULL,     0                    }
};
static const struct duo_board_word ext_words[] = {
    {"good",   false},
    {"absent", true },
    {NULL,     0    }
};
static const struct duo_board_word crypto_words[] = {
    {"openssl", false},
    {"small",   true },
    {NULL,      0    }
};

static int parse_word(const struct duo_board_word *table, const char *arg,
                      struct argp_state *state)
{
    const struct duo_board_word *row = duo_board_word_find(table, arg);

    if (row == NULL) {
        argp_error(state, "'%s' is not a value of its option", arg);
        return 0;
    }
    return row->value;
}

static uint32_t parse_number(struct duo_tool_word word,
                             struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t value = 0;

    if (!duo_tool_parse_number(word, UINT32_MAX, &value, &error)) {
        argp_error(state, "%s", error.text);
    }
    return value;
}

static void parse_cut_at(struct duo_board_boot_options *options,
                         const char *arg, struct argp_state *state)
{
    options->has_cut = true;
    options->is_cut_random = strcmp(arg, "random") == 0;
    if (!options->is_cut_random) {
        options->cut_index =
            parse_number((struct duo_tool_word){"--cut-at", arg}, state);
        if (options->cut_index == 0) {
            argp_error(state, "--cut-at: operations are counted from 1");
        }
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_board_boot_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &options->words; return 0;
    case OPTION_CUT_AT: parse_cut_at(options, arg, state); return 0;
    case OPTION_CUT_KIND:
        options->has_cut_kind = true;
        options->cut_kind =
            (enum duo_sim_cut_kind)parse_word(duo_board_cut_words, arg, state);
        return 0;
    case OPTION_SEED:
        options->seed =
            parse_number((struct duo_tool_word){"--seed", arg}, state);
        return 0;
    case OPTION_CRYPTO:
        options->small_crypto = parse_word(crypto_words, arg, state) != 0;
        return 0;
    case OPTION_CHARGE_CPU: options->charge_cpu = true; return 0;
    case OPTION_NET:
        options->net = (enum duo_native_net)parse_word(net_words, arg, state);
        return 0;
    case OPTION_EXT:
        options->ext_absent = parse_word(ext_words, arg, state) != 0;
        return 0;
    case OPTION_REPORT: options->report_path = arg; return 0;
    case 's': options->has_stats = true; return 0;
    case 'j': options->is_json = true; return 0;
    case ARGP_KEY_END:
        if (options->has_cut_kind && !options->has_cut) {
            argp_error(state, "--cut-kind goes with --cut-at");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

void duo_board_boot_options_parse(int argc, char **argv,
                                  struct duo_board_boot_options *options)
{
    const struct argp argp = {.options = option_table,
                              .parser = parse,
                              .args_doc = "DIR",
                              .doc = options->is_reset ? reset_doc : boot_doc,
                              .children = duo_board_words_child};
    uint32_t drawn = 0;

    /* Any number serves if the host has no randomness: it is told anyway. */
    (void)!getrandom(&drawn, sizeof(drawn), 0);
    options->seed = drawn % 1000000U;
    (void)argp_parse(&argp, argc, argv, 0, NULL, options);
}
