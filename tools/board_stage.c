/* SPDX-License-Identifier: MIT */
/* duoboot board stage, confirm, erase: what the running application does. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "check.h"
#include "duo/image_format.h"
#include "print_json.h"
#include "text.h"

/* The application does these things, so one should be running. As everything
 * that is only strange, it is told and not refused. */
static void note_running(const struct duo_board *board)
{
    if (!board->config.is_powered) {
        (void)fprintf(stderr,
                      "duoboot: note: %s: no application is running; "
                      "done as if one were\n",
                      board->dir);
    }
}

static const struct duo_board_word slot_words[] = {
    {"app",  DUO_CORE_APP },
    {"net",  DUO_CORE_NET },
    {"auto", DUO_CORE_NONE},
    {NULL,   0            }
};
static const struct duo_board_word core_words[] = {
    {"app",  DUO_CORE_APP },
    {"net",  DUO_CORE_NET },
    {"both", DUO_CORE_NONE},
    {NULL,   0            }
};

static enum duo_core parse_core(const struct duo_board_word *words,
                                const char *arg, struct argp_state *state)
{
    const struct duo_board_word *row = duo_board_word_find(words, arg);

    if (row == NULL) {
        argp_error(state, "'%s' is not '%s', '%s' or '%s'", arg, words[0].word,
                   words[1].word, words[2].word);
        return DUO_CORE_NONE;
    }
    return (enum duo_core)row->value;
}

static bool flash_failed(const char *what, enum duo_err err,
                         struct duo_tool_error *error)
{
    return duo_tool_fail(error, duo_exit_of_err(err), "%s: %s", what,
                         duo_err_sentence(err));
}

enum option_key { OPTION_NO_REQUEST = 256, OPTION_PREVIOUS };

struct stage {
    struct duo_board_words words;
    enum duo_core slot; /* NONE: auto. */
    bool is_permanent;
    bool no_request;
    bool is_previous; /* No file: the backup, which is there already. */
    bool is_json;
};

/* clang-format off */
static const struct argp_option stage_options[] = {
    {"slot", 's', "app|net|auto", 0, "Staged slot (default auto: of the core that the image is for)", 0},
    {"image", 's', NULL, OPTION_ALIAS, NULL, 0},
    {"previous", OPTION_PREVIOUS, NULL, 0, "No FILE: ask for the previous image of --image, which the board still has", 0},
    {"permanent", 'p', NULL, 0, "Install for good, without a trial", 0},
    {"confirm", 'p', NULL, OPTION_ALIAS, NULL, 0},
    {"no-request", OPTION_NO_REQUEST, NULL, 0, "Upload only; ask for nothing", 0},
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0}};
/* clang-format on */

static const char stage_doc[] =
    "Upload the image FILE (.bin or .hex) into a staged slot and ask for its "
    "install at the next boot, as an uploader in the running application "
    "does. An image that the boot loader will refuse is uploaded too, with a "
    "note. Or ask for the previous image again, which the boot loader keeps: "
    "then the staged slot must be empty.\v"
    "Examples:\n"
    "  duoboot board stage dk net-1.1.0.bin\n"
    "  duoboot board stage dk --slot app net-1.1.0.bin  (one-pair uploader)\n"
    "  duoboot board stage dk --permanent app-1.1.0.bin\n"
    "  duoboot board stage dk --previous --image net\n";

static error_t parse_stage(int key, char *arg, struct argp_state *state)
{
    struct stage *stage = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &stage->words; return 0;
    case 's': stage->slot = parse_core(slot_words, arg, state); return 0;
    case 'p': stage->is_permanent = true; return 0;
    case OPTION_NO_REQUEST: stage->no_request = true; return 0;
    case OPTION_PREVIOUS:
        stage->is_previous = true;
        stage->words.wants_file = false;
        return 0;
    case 'j': stage->is_json = true; return 0;
    case ARGP_KEY_END:
        if (stage->is_previous &&
            (stage->slot == DUO_CORE_NONE || stage->no_request)) {
            argp_error(state, "--previous needs --image app or --image net, "
                              "and asks for it");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* By header and reset vector, as the server knows at the first chunk. */
static enum duo_core choose_slot(const struct duo_board *board,
                                 const char *path, struct duo_bytes bytes)
{
    const struct duo_trust *trust = &board->config.trust.trust;
    enum duo_core core = DUO_CORE_NONE;

    if (bytes.len_bytes >= DUO_IMAGE_HEADER_BYTES) {
        core = duo_tool_core_of_vectors(
            bytes, duo_load_le16(bytes.data + DUO_IMAGE_OFF_HEADER_BYTES),
            trust);
    }
    if (core == DUO_CORE_NONE) {
        (void)fprintf(stderr,
                      "duoboot: note: %s: for which core it is cannot be "
                      "told; it goes into the application's slot\n",
                      path);
        return DUO_CORE_APP;
    }
    return core;
}

static const char *request_word(const struct stage *stage)
{
    if (stage->no_request) {
        return "none";
    }
    return stage->is_permanent ? "permanent" : "test";
}

static void tell_staged(const struct stage *stage, struct duo_bytes bytes)
{
    const char *request = request_word(stage);
    const char *core = duo_core_name(stage->slot);

    if (stage->is_previous && stage->is_json) {
        duo_print_json(
            json_pack("{s:s, s:s}", "previous", core, "request", request));
    } else if (stage->is_previous) {
        (void)printf("previous %s image, request: %s\n", core, request);
    } else if (stage->is_json) {
        duo_print_json(json_pack(
            "{s:s, s:s, s:I, s:s}", "file", stage->words.file, "slot", core,
            "size_bytes", (json_int_t)bytes.len_bytes, "request", request));
    } else {
        (void)printf(
            "%s: %zu bytes in the staged slot of the %s image, request: "
            "%s\n",
            stage->words.file, bytes.len_bytes, core, request);
    }
}

static bool stage_file(struct stage *stage, struct duo_board *board,
                       struct duo_bytes bytes, struct duo_tool_error *error)
{
    struct duo_slots slots;
    enum duo_err err;

    note_running(board);
    duo_board_note_image(board, stage->words.file, bytes);
    if (stage->slot == DUO_CORE_NONE) {
        stage->slot = choose_slot(board, stage->words.file, bytes);
    }
    duo_native_slots(board->native, &slots);
    err = stage->no_request
              ? duo_native_upload(board->native, stage->slot, bytes)
              : duo_native_stage(board->native, stage->slot, bytes,
                                 stage->is_permanent);
    if (err == DUO_ERR_RANGE) {
        return duo_tool_fail(
            error, DUO_EXIT_REFUSED,
            "%s: %zu bytes do not fit into the staged slot of "
            "the %s image, which takes %u",
            stage->words.file, bytes.len_bytes, duo_core_name(stage->slot),
            slots.staged[stage->slot].size_bytes - DUO_TRAILER_RESERVED_BYTES);
    }
    return err == DUO_OK || flash_failed(stage->words.file, err, error);
}

/* Read the file and upload it, or neither. */
static bool stage_or_ask(struct stage *stage, struct duo_board *board,
                         struct duo_tool_image_file *file,
                         struct duo_tool_error *error)
{
    if (!duo_board_open(stage->words.dir, board, error)) {
        return false;
    }
    if (stage->is_previous) {
        note_running(board);
        return duo_board_ask_previous(board, stage->slot, stage->is_permanent,
                                      error);
    }
    return duo_tool_image_file_read(stage->words.file, file, error) &&
           stage_file(stage, board, duo_tool_buffer_view(&file->bytes), error);
}

int duo_board_stage(int argc, char **argv)
{
    static const struct argp argp = {.options = stage_options,
                                     .parser = parse_stage,
                                     .args_doc = "DIR FILE\nDIR --previous",
                                     .doc = stage_doc,
                                     .children = duo_board_words_child};
    struct stage stage = {.words = {.wants_file = true}, .slot = DUO_CORE_NONE};
    struct duo_tool_image_file file = {0};
    struct duo_board board;
    struct duo_tool_error error;
    int exit_code;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &stage);
    bool done = stage_or_ask(&stage, &board, &file, &error);
    exit_code = duo_board_finish(&board, done, &error);
    if (exit_code == DUO_EXIT_OK) {
        tell_staged(&stage, duo_tool_buffer_view(&file.bytes));
    }
    duo_tool_image_file_free(&file);
    return exit_code;
}

/* Of confirm and erase. */
struct choice {
    struct duo_board_words words;
    bool has_core;
    enum duo_core core; /* NONE: both. */
};

static error_t parse_choice(int key, char *arg, struct argp_state *state)
{
    struct choice *choice = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &choice->words; return 0;
    case 'c':
    case 's':
        choice->has_core = true;
        choice->core = parse_core(core_words, arg, state);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool wants(const struct choice *choice, unsigned core)
{
    return choice->core == DUO_CORE_NONE || (unsigned)choice->core == core;
}

static const struct argp_option confirm_options[] = {
    {"core",          'c', "app|net|both", 0,
     "Which image (default: each that is on trial)", 0},
    {0}
};

static const char confirm_doc[] =
    "Confirm an image that is on trial, so that the next boot keeps it; as the "
    "running application does.\v"
    "Examples:\n"
    "  duoboot board confirm dk\n"
    "  duoboot board confirm dk --core app\n";

/* As MCUboot's library: a mark that is set is not written again, and without
 * a trailer there is nothing to confirm. */
static bool confirm_core(struct duo_board *board, enum duo_core core,
                         struct duo_tool_error *error)
{
    struct duo_board_view view;
    struct duo_trailer trailer;
    enum duo_err err;

    duo_board_view_init(&view, board->native);
    err = duo_trailer_read(&view.slots.trailer[core], &trailer);
    if (err == DUO_OK && (trailer.magic != DUO_FIELD_GOOD ||
                          trailer.image_ok == DUO_FIELD_GOOD)) {
        (void)printf("%s: nothing to confirm\n", duo_core_name(core));
        return true;
    }
    if (err == DUO_OK) {
        err = duo_native_confirm(board->native, core);
    }
    if (err != DUO_OK) {
        return flash_failed(board->dir, err, error);
    }
    (void)printf("%s: confirmed\n", duo_core_name(core));
    return true;
}

static bool confirm(struct choice *choice, struct duo_board *board,
                    struct duo_tool_error *error)
{
    bool done = true;

    if (!duo_board_open(choice->words.dir, board, error)) {
        return false;
    }
    note_running(board);
    for (unsigned core = 0; done && core < DUO_CORE_COUNT; core++) {
        if (wants(choice, core)) {
            done = confirm_core(board, (enum duo_core)core, error);
        }
    }
    return done;
}

int duo_board_confirm(int argc, char **argv)
{
    static const struct argp argp = {.options = confirm_options,
                                     .parser = parse_choice,
                                     .args_doc = "DIR",
                                     .doc = confirm_doc,
                                     .children = duo_board_words_child};
    struct choice choice = {.core = DUO_CORE_NONE};
    struct duo_board board;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &choice);
    bool done = confirm(&choice, &board, &error);
    return duo_board_finish(&board, done, &error);
}

static const struct argp_option erase_options[] = {
    {"slot",          's', "app|net|both", 0, "Which staged slot", 0},
    {0}
};

static const char erase_doc[] =
    "Erase a staged slot, with its request, as an uploader does.\v"
    "Example:\n"
    "  duoboot board erase dk --slot net\n";

static bool erase(struct choice *choice, struct duo_board *board,
                  struct duo_tool_error *error)
{
    struct duo_slots slots;
    enum duo_err err = DUO_OK;

    if (!choice->has_core) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "--slot is needed");
    }
    if (!duo_board_open(choice->words.dir, board, error)) {
        return false;
    }
    note_running(board);
    duo_native_slots(board->native, &slots);
    for (unsigned core = 0; err == DUO_OK && core < DUO_CORE_COUNT; core++) {
        if (!wants(choice, core)) {
            continue;
        }
        /* The request first, so that a cut leaves none for half an image. */
        err = duo_trailer_clear(&slots.staged[core]);
        if (err == DUO_OK) {
            err = duo_area_blank(&slots.staged[core], 0,
                                 slots.staged[core].size_bytes);
        }
        if (err == DUO_OK) {
            (void)printf("staged slot of the %s image: erased\n",
                         duo_core_name((enum duo_core)core));
        }
    }
    return err == DUO_OK || flash_failed(choice->words.dir, err, error);
}

int duo_board_erase(int argc, char **argv)
{
    static const struct argp argp = {.options = erase_options,
                                     .parser = parse_choice,
                                     .args_doc = "DIR",
                                     .doc = erase_doc,
                                     .children = duo_board_words_child};
    struct choice choice = {.core = DUO_CORE_NONE};
    struct duo_board board = {.lock_fd = -1};
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &choice);
    bool done = erase(&choice, &board, &error);
    return duo_board_finish(&board, done, &error);
}
