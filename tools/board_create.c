/* SPDX-License-Identifier: MIT */
/* duoboot board create, program: boards as they leave the factory. */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "check.h"
#include "text.h"
#include "trust_words.h"

enum option_key { OPTION_FORCE = 256, OPTION_RULE };

struct create {
    struct duo_board_words words;
    struct duo_trust_words trust;
    const char *image_paths[DUO_CORE_COUNT];
    const char *rule_words[8]; /* By row of duo_board_rules; NULL: default. */
    bool force;
};

/* clang-format off */
static const struct argp_option create_options[] = {
    {"layout", 'l', "FILE", 0, "Layout file (default: nRF5340 DK)", 0},
    {"key", 'k', "PUB", 0, "Key that the board trusts; may be repeated", 0},
    {"app", 'a', "IMAGE", 0, "Signed image for the application core", 0},
    {"net", 'n', "IMAGE", 0, "Signed image for the network core", 0},
    {"downgrade", OPTION_RULE, "allow|refuse", 0, "Older images (default: allow)", 1},
    {"backup", OPTION_RULE + 1, "keep|none", 0, "Keep the previous image (default), or overwrite only", 1},
    {"staged", OPTION_RULE + 2, "blank|previous", 0, "What the staged slot holds after an install (default: blank)", 1},
    {"route", OPTION_RULE + 3, "accept|refuse", 0, "A network image in the application's slot (default: accept)", 1},
    {"net-start", OPTION_RULE + 4, "by-app|by-boot", 0, "Who starts the network core (default: by-app)", 1},
    {"security-counter", OPTION_RULE + 5, "required|optional", 0, "In images (default: optional)", 1},
    {"force", OPTION_FORCE, NULL, 0, "Replace an existing board", 2},
    {0}};
/* clang-format on */

static const char create_doc[] =
    "Make the simulated board DIR. Images are programmed as by a probe in the "
    "factory; without them the cores are blank.\v"
    "Examples:\n"
    "  duoboot board create dk --key release.pub.pem --app app.bin --net "
    "net.bin\n"
    "  duoboot board create small --layout test/layouts/small.yml "
    "--key release.pub.pem --downgrade refuse\n";

static error_t parse_rule(unsigned rule_index, char *arg,
                          struct argp_state *state)
{
    struct create *create = state->input;
    const struct duo_board_rule *rule = &duo_board_rules[rule_index];

    if (duo_board_word_find(rule->words, arg) == NULL) {
        argp_error(state, "--%s: '%s' is neither '%s' nor '%s'", rule->name,
                   arg, rule->words[0].word, rule->words[1].word);
    }
    create->rule_words[rule_index] = arg;
    return 0;
}

static error_t parse_create(int key, char *arg, struct argp_state *state)
{
    struct create *create = state->input;

    if (key >= OPTION_RULE && key < OPTION_RULE + 6) {
        return parse_rule((unsigned)(key - OPTION_RULE), arg, state);
    }
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &create->words; return 0;
    case 'l': create->trust.layout_path = arg; return 0;
    case 'a': create->image_paths[DUO_CORE_APP] = arg; return 0;
    case 'n': create->image_paths[DUO_CORE_NET] = arg; return 0;
    case 'k': duo_trust_words_add_key(&create->trust, arg, state); return 0;
    case OPTION_FORCE: create->force = true; return 0;
    case ARGP_KEY_END:
        if (create->trust.key_count == 0) {
            argp_error(state, "--key is needed: the board must trust somebody");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* Program as a probe does: whole pages, so what is left of an older image in
 * the last one goes. */
static bool program_image(struct duo_board *board, const char *path,
                          enum duo_core core, struct duo_tool_image_file *file,
                          struct duo_tool_error *error)
{
    const struct duo_sim_flash *flash =
        core == DUO_CORE_APP ? board->native->app : board->native->net;
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;
    size_t image_bytes = file->bytes.len_bytes;
    struct duo_slots slots;

    duo_board_note_image(board, path, duo_tool_buffer_view(&file->bytes));
    duo_native_slots(board->native, &slots);
    duo_tool_buffer_fill(&file->bytes, 0xFF,
                         (page_bytes - image_bytes % page_bytes) % page_bytes);
    if (!duo_native_program(board->native, core,
                            duo_tool_buffer_view(&file->bytes))) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: %zu bytes do not fit into the %s core, which "
                             "takes %u",
                             path, image_bytes, duo_core_name(core),
                             slots.image_bytes_max[core]);
    }
    return true;
}

static bool configure(const struct create *create,
                      struct duo_board_config *config,
                      struct duo_tool_error *error)
{
    if (!duo_board_layout_read(create->trust.layout_path, &config->layout,
                               error)) {
        return false;
    }
    duo_tool_trust_from_layout(&config->layout.layout, &config->trust);
    if (!duo_trust_words_keys(&create->trust, &config->trust, error)) {
        return false;
    }
    for (unsigned i = 0; duo_board_rules[i].name != NULL; i++) {
        const struct duo_board_rule *rule = &duo_board_rules[i];
        const char *word = create->rule_words[i] != NULL ? create->rule_words[i]
                                                         : rule->words[0].word;
        rule->set(&config->policy,
                  duo_board_word_find(rule->words, word)->value);
    }
    return true;
}

/* Everything that may fail because of the user's files comes before the
 * directory is touched. */
static bool create_board(const struct create *create,
                         struct duo_tool_image_file files[DUO_CORE_COUNT],
                         struct duo_board *board, struct duo_tool_error *error)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (create->image_paths[core] != NULL &&
            !duo_tool_image_file_read(create->image_paths[core], &files[core],
                                      error)) {
            return false;
        }
    }
    if (!configure(create, &board->config, error) ||
        !duo_board_make(create->words.dir, create->force, board, error)) {
        return false;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (create->image_paths[core] != NULL &&
            !program_image(board, create->image_paths[core],
                           (enum duo_core)core, &files[core], error)) {
            return false;
        }
    }
    return true;
}

int duo_board_create(int argc, char **argv)
{
    static const struct argp argp = {.options = create_options,
                                     .parser = parse_create,
                                     .args_doc = "DIR",
                                     .doc = create_doc,
                                     .children = duo_board_words_child};
    struct create create = {0};
    struct duo_tool_image_file files[DUO_CORE_COUNT] = {0};
    struct duo_board board = {.lock_fd = -1};
    struct duo_tool_error error;
    int exit_code;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &create);
    bool done = create_board(&create, files, &board, &error);
    bool is_made = board.lock_fd >= 0;
    exit_code = duo_board_finish(&board, done, &error);
    if (!done && is_made) {
        (void)rmdir(create.words.dir); /* If it is still empty. */
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        duo_tool_image_file_free(&files[core]);
    }
    if (exit_code == DUO_EXIT_OK) {
        (void)printf("%s: a board with the layout %s, %u key%s\n",
                     create.words.dir, board.config.layout.name,
                     board.config.trust.trust.key_count,
                     board.config.trust.trust.key_count == 1 ? "" : "s");
    }
    return exit_code;
}

struct program {
    struct duo_board_words words;
    enum duo_core core; /* NONE: the one that the image is for. */
};

static const struct argp_option program_options[] = {
    {"core",     'c', "app|net", 0, "Into this core (default: the image's)", 0},
    {0}
};

static const char program_doc[] =
    "Put the image FILE (.bin or .hex) into a core by probe: no boot loader "
    "takes part, no virtual time passes, trailers stay.\v"
    "Examples:\n"
    "  duoboot board program dk app-1.0.0.bin\n"
    "  duoboot board program dk --core net net-1.0.0.hex\n";

static error_t parse_program(int key, char *arg, struct argp_state *state)
{
    struct program *program = state->input;
    struct duo_tool_error error;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &program->words; return 0;
    case 'c':
        if (!duo_tool_parse_core(arg, &program->core, &error)) {
            argp_error(state, "%s", error.text);
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool program_board(struct program *program, struct duo_board *board,
                          struct duo_tool_image_file *file,
                          struct duo_tool_error *error)
{
    struct duo_tool_verdict verdict;

    if (!duo_board_open(program->words.dir, board, error) ||
        !duo_tool_image_file_read(program->words.file, file, error)) {
        return false;
    }
    if (program->core == DUO_CORE_NONE) {
        duo_tool_check_image(duo_tool_buffer_view(&file->bytes),
                             &board->config.trust.trust, &verdict);
        program->core = verdict.image.core;
    }
    if (program->core >= DUO_CORE_COUNT) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: which core is it for? --core tells",
                             program->words.file);
    }
    return program_image(board, program->words.file, program->core, file,
                         error);
}

int duo_board_program(int argc, char **argv)
{
    static const struct argp argp = {.options = program_options,
                                     .parser = parse_program,
                                     .args_doc = "DIR FILE",
                                     .doc = program_doc,
                                     .children = duo_board_words_child};
    struct program program = {.words = {.wants_file = true},
                              .core = DUO_CORE_NONE};
    struct duo_tool_image_file file = {0};
    struct duo_board board;
    struct duo_tool_error error;
    int exit_code;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &program);
    bool done = program_board(&program, &board, &file, &error);
    exit_code = duo_board_finish(&board, done, &error);
    if (exit_code == DUO_EXIT_OK) {
        (void)printf("%s: programmed into the %s core\n", program.words.file,
                     duo_core_name(program.core));
    }
    duo_tool_image_file_free(&file);
    return exit_code;
}
