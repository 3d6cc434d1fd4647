/* SPDX-License-Identifier: MIT */
/* duoboot board state, log: look at a board; nothing is changed. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "print_json.h"
#include "text.h"

struct show {
    struct duo_board_words words;
    bool is_json;
};

static const struct argp_option show_options[] = {
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0 }
};

static error_t parse_show(int key, char *arg, struct argp_state *state)
{
    struct show *show = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &show->words; return 0;
    case 'j': show->is_json = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const char state_doc[] =
    "Show what `image list' would: both images, active and staged slot, "
    "version, digest and flags, and what the next boot will do. Read from the "
    "flashes, whatever anybody believes to be there.\v"
    "Examples:\n"
    "  duoboot board state dk\n"
    "  duoboot board state dk --json | jq '.images[1].slots[0].version'\n";

static json_t *slot_json(unsigned slot_index, const struct duo_board_slot *slot)
{
    char digest[2 * DUO_SHA256_BYTES + 1];
    const struct duo_reason_text *text = duo_reason_text(slot->reason);
    bool is_refused = slot->place != DUO_BOARD_NOTHING && !slot->bootable;

    duo_tool_format_hex(
        (struct duo_bytes){slot->image.digest, DUO_SHA256_BYTES}, digest);
    return json_pack(
        "{s:i, s:s, s:o, s:s?, s:s?, s:I, s:I, s:b, s:b, s:b, s:b, s:b, s:s?, "
        "s:s?}",
        "slot", (int)slot_index, "place", duo_board_place_name(slot->place),
        "version", duo_board_version_json(&slot->image), "core",
        slot->is_image ? duo_core_name(slot->image.core) : NULL, "digest",
        slot->is_image ? digest : NULL, "used_bytes",
        (json_int_t)slot->used_bytes, "capacity_bytes",
        (json_int_t)slot->capacity_bytes, "active", (int)slot->active,
        "confirmed", (int)slot->confirmed, "pending", (int)slot->pending,
        "permanent", (int)slot->permanent, "bootable", (int)slot->bootable,
        "reason_name", is_refused ? text->name : NULL, "sentence",
        is_refused ? text->sentence : NULL);
}

static json_t *image_json(const struct duo_board_state *state,
                          enum duo_core core)
{
    const struct duo_board_image *image = &state->images[core];
    json_t *slots = json_array();

    for (unsigned i = 0; i < DUO_BOARD_SLOT_COUNT; i++) {
        (void)json_array_append_new(slots, slot_json(i, &image->slots[i]));
    }
    return json_pack("{s:i, s:s, s:o, s:b, s:s, s:s, s:I}", "image", (int)core,
                     "core", duo_core_name(core), "slots", slots, "on_trial",
                     (int)image->on_trial, "update",
                     duo_board_record_name(image->record), "next_boot",
                     duo_action_name(image->next), "security_counter",
                     (json_int_t)state->counters[core]);
}

static json_t *progress_json(const struct duo_progress *progress)
{
    json_t *images = json_array();

    if (!progress->open) {
        json_decref(images);
        return json_null();
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *image = &progress->images[core];
        if (!image->included) {
            continue;
        }
        (void)json_array_append_new(
            images,
            json_pack(
                "{s:s, s:b, s:b, s:b, s:I, s:I, s:I, s:I}", "core",
                duo_core_name((enum duo_core)core), "permanent",
                (int)image->permanent, "has_backup", (int)image->has_backup,
                "from_other_slot", (int)image->from_other, "new_bytes",
                (json_int_t)image->new_bytes, "units_backed_up",
                (json_int_t)progress->units_done[DUO_COPY_BACKUP][core],
                "units_installed",
                (json_int_t)progress->units_done[DUO_COPY_INSTALL][core],
                "units_restored",
                (json_int_t)progress->units_done[DUO_COPY_RESTORE][core]));
    }
    return json_pack("{s:b, s:b, s:o}", "dependent", (int)progress->dependent,
                     "finished", (int)progress->phases[DUO_PHASE_FINISHED],
                     "images", images);
}

static json_t *state_json(const struct duo_board *board,
                          const struct duo_board_state *state)
{
    json_t *images = json_array();

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        (void)json_array_append_new(images,
                                    image_json(state, (enum duo_core)core));
    }
    return json_pack(
        "{s:s, s:b, s:o, s:o, s:b, s:O?}", "layout", board->config.layout.name,
        "powered", (int)board->config.is_powered, "images", images, "progress",
        progress_json(&state->progress), "mirror_true",
        (int)state->is_mirror_true, "last_boot", board->config.last_boot);
}

static void print_slot(unsigned slot_index, const struct duo_board_slot *slot)
{
    char digest[2 * DUO_SHA256_BYTES + 1];
    char version[32] = "?";

    if (slot->place == DUO_BOARD_NOTHING) {
        (void)printf("  slot %u  empty%s", slot_index,
                     slot->pending ? ", but an install is asked for" : "");
        (void)printf(slot->used_bytes != 0 ? " (remains of an older image)\n"
                                           : "\n");
        return;
    }
    if (slot->is_image) {
        duo_version_format(&slot->image.version, version);
    }
    duo_tool_format_hex(
        (struct duo_bytes){slot->image.digest, DUO_SHA256_BYTES}, digest);
    (void)printf(
        "  slot %u  %-8s  %-8s %s%s%s%s%s\n", slot_index,
        duo_board_place_name(slot->place), version,
        slot->active ? " active" : "", slot->confirmed ? " confirmed" : "",
        slot->pending ? " pending" : "", slot->permanent ? " permanent" : "",
        slot->bootable ? " bootable" : "");
    if (slot->is_image) {
        (void)printf("          %s image, digest %.16s...\n",
                     duo_core_name(slot->image.core), digest);
    }
    (void)printf(
        "          %u of %u bytes used (%u %%)\n", slot->used_bytes,
        slot->capacity_bytes,
        (unsigned)((uint64_t)slot->used_bytes * 100U / slot->capacity_bytes));
    if (!slot->bootable) {
        const struct duo_reason_text *text = duo_reason_text(slot->reason);
        (void)printf("          %s [%s]\n", text->sentence, text->name);
    }
}

static void print_progress(const struct duo_progress *progress)
{
    if (!progress->open) {
        (void)printf("update record: none\n");
        return;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *image = &progress->images[core];
        if (!image->included) {
            continue;
        }
        (void)printf(
            "update record: %s%s%s, units of 4096 bytes: %u backed up, %u "
            "installed, %u restored\n",
            duo_core_name((enum duo_core)core),
            image->from_other ? " (from the other slot)" : "",
            progress->dependent ? ", as a pair" : "",
            progress->units_done[DUO_COPY_BACKUP][core],
            progress->units_done[DUO_COPY_INSTALL][core],
            progress->units_done[DUO_COPY_RESTORE][core]);
    }
}

static void print_state(const struct duo_board *board,
                        const struct duo_board_state *state)
{
    const char *outcome =
        json_string_value(json_object_get(board->config.last_boot, "outcome"));

    (void)printf("layout %s; last boot: %s\n", board->config.layout.name,
                 outcome != NULL ? outcome : "none yet");
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_board_image *image = &state->images[core];
        (void)printf("image %u  %s core; update: %s%s; next boot: %s; security "
                     "counter %u\n",
                     core, duo_core_name((enum duo_core)core),
                     duo_board_record_name(image->record),
                     image->on_trial ? " (on trial)" : "",
                     duo_action_name(image->next), state->counters[core]);
        for (unsigned i = 0; i < DUO_BOARD_SLOT_COUNT; i++) {
            print_slot(i, &image->slots[i]);
        }
    }
    print_progress(&state->progress);
    if (!state->is_mirror_true) {
        (void)printf("the mirror of the network image is not true: the next "
                     "boot makes it anew\n");
    }
}

int duo_board_show_state(int argc, char **argv)
{
    static const struct argp argp = {.options = show_options,
                                     .parser = parse_show,
                                     .args_doc = "DIR",
                                     .doc = state_doc,
                                     .children = duo_board_words_child};
    struct show show = {0};
    struct duo_board board;
    struct duo_board_view view;
    struct duo_board_state state;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &show);
    bool done = duo_board_open(show.words.dir, &board, &error);
    if (done) {
        duo_board_survey(&board, &view, &state);
        if (show.is_json) {
            duo_print_json(state_json(&board, &state));
        } else {
            print_state(&board, &state);
        }
    }
    duo_board_close(&board);
    return done ? DUO_EXIT_OK : duo_tool_report(&error);
}

static const char log_doc[] =
    "Show the boot journal in words: what was refused, installed, reverted or "
    "repaired, and why. The name in brackets is for scripts.\v"
    "Examples:\n"
    "  duoboot board log dk\n"
    "  duoboot board log dk --json | jq -r '.[-1].sentence'\n";

static void print_entry(const struct duo_journal_entry *entry)
{
    const struct duo_reason_text *text = duo_reason_text(entry->reason);
    char version[32];

    duo_version_format(&entry->version, version);
    (void)printf("boot %u [%05u.%03u] ", entry->boot_count,
                 entry->time_ms / 1000U, entry->time_ms % 1000U);
    if (entry->core < DUO_CORE_COUNT) {
        (void)printf("%s%s%s: ", duo_core_name(entry->core),
                     strcmp(version, "0.0.0") != 0 ? " " : "",
                     strcmp(version, "0.0.0") != 0 ? version : "");
    }
    (void)printf("%s [%s]\n", text->sentence, text->name);
}

static void show_log(const struct show *show, const struct duo_board *board)
{
    json_t *entries = json_array();
    struct duo_board_view view;
    struct duo_journal journal;
    struct duo_journal_entry entry;
    uint32_t cursor = 0;

    duo_board_view_init(&view, board->native);
    duo_board_journal_open(&view, &journal);
    while (duo_journal_next(&journal, &cursor, &entry)) {
        if (show->is_json) {
            (void)json_array_append_new(entries,
                                        duo_board_journal_json(&entry));
        } else {
            print_entry(&entry);
        }
    }
    if (show->is_json) {
        duo_print_json(entries);
    } else {
        json_decref(entries);
    }
}

int duo_board_log(int argc, char **argv)
{
    static const struct argp argp = {.options = show_options,
                                     .parser = parse_show,
                                     .args_doc = "DIR",
                                     .doc = log_doc,
                                     .children = duo_board_words_child};
    struct show show = {0};
    struct duo_board board;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &show);
    bool done = duo_board_open(show.words.dir, &board, &error);
    if (done) {
        show_log(&show, &board);
    }
    duo_board_close(&board);
    return done ? DUO_EXIT_OK : duo_tool_report(&error);
}
