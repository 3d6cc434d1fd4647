/* SPDX-License-Identifier: MIT */
/* What the board knows of its past, as text: the boot journal, the last crash
 * and the log, for the shell and as files over SMP; see appdemo.h. */
#include <string.h>

#include "appdemo.h"
#include "startup.h"

#define CRASH_MAGIC 0x48535243U /* "CRSH" */

/* The file has the newest entries only: each is some 200 letters. */
#define JOURNAL_FILE_ENTRIES_MAX 64U

DUO_NOINIT static struct appdemo_crash crash;

static uint32_t crash_crc(const struct appdemo_crash *record)
{
    return duo_crc32(0, (struct duo_bytes){(const uint8_t *)&record->fault,
                                           sizeof(record->fault)});
}

void appdemo_crash_keep(const struct duo_fault *fault)
{
    crash.magic = CRASH_MAGIC;
    crash.fault = *fault;
    crash.crc = crash_crc(&crash);
}

void appdemo_journal_put(const struct duo_journal_entry *entry,
                         struct appdemo_entry_text *text)
{
    struct demo_text *what = &text->what;
    struct demo_text *sentence = &text->sentence;
    const struct duo_reason_text *reason = duo_reason_text(entry->reason);

    demo_text_clear(what);
    demo_put(what, "boot ");
    demo_put_decimal(what, entry->boot_count);
    demo_put(what, ", ");
    demo_put_decimal(what, entry->time_ms);
    demo_put(what, " ms, ");
    demo_put(what, entry->core == DUO_CORE_NONE ? "board"
                                                : duo_core_name(entry->core));
    demo_put(what, " ");
    demo_put_version(what, &entry->version);
    demo_put(what, ": ");
    demo_put(what, reason->name);
    demo_text_clear(sentence);
    demo_put(sentence, "    ");
    demo_put(sentence, reason->sentence);
}

/* Where a file's text goes: the bytes from off_bytes on, as far as they fit. */
struct window {
    uint32_t off_bytes;
    uint8_t *dst; /* NULL: only counts. */
    size_t room_bytes;
    uint32_t seen_bytes;
    size_t len_bytes;
};

static void put(struct window *window, const char *words)
{
    for (; *words != '\0'; words++) {
        if (window->dst != NULL && window->seen_bytes >= window->off_bytes &&
            window->len_bytes < window->room_bytes) {
            window->dst[window->len_bytes++] = (uint8_t)*words;
        }
        window->seen_bytes++;
    }
}

static void put_line(struct window *window, const char *words)
{
    put(window, words);
    put(window, "\n");
}

/* Walk over the journal, the newest entries only. */
static bool put_journal(struct appdemo *demo, struct window *window)
{
    struct duo_journal journal;
    struct duo_journal_entry entry;
    struct appdemo_entry_text text;
    uint32_t cursor = 0;
    uint32_t first = 0;

    appdemo_smp_settle(demo);
    if (appdemo_images_open(&demo->images) != DUO_OK) {
        return false;
    }
    duo_journal_open(&journal, &demo->images.slots.journal);
    if (journal.next_sequence > JOURNAL_FILE_ENTRIES_MAX) {
        first = journal.next_sequence - JOURNAL_FILE_ENTRIES_MAX;
    }
    while (duo_journal_next(&journal, &cursor, &entry)) {
        if (entry.sequence >= first) {
            appdemo_journal_put(&entry, &text);
            put_line(window, text.what.words);
            put_line(window, text.sentence.words);
        }
    }
    appdemo_images_close(&demo->images);
    return true;
}

static bool open_journal(void *ctx, uint32_t *len_bytes)
{
    struct window window = {.dst = NULL};

    if (!put_journal(ctx, &window)) {
        return false;
    }
    *len_bytes = window.seen_bytes;
    return true;
}

static size_t read_journal(void *ctx, uint32_t off_bytes, uint8_t *dst,
                           size_t room_bytes)
{
    struct window window = {
        .off_bytes = off_bytes, .dst = dst, .room_bytes = room_bytes};

    return put_journal(ctx, &window) ? window.len_bytes : 0;
}

static void put_crash(struct window *window)
{
    char text[DUO_FAULT_TEXT_BYTES];

    if (crash.magic != CRASH_MAGIC || crash.crc != crash_crc(&crash)) {
        put_line(window, "no crash is known since the power came");
        return;
    }
    duo_fault_format(&crash.fault, text);
    put_line(window, text);
}

static bool open_crash(void *ctx, uint32_t *len_bytes)
{
    struct window window = {.dst = NULL};

    (void)ctx;
    put_crash(&window);
    *len_bytes = window.seen_bytes;
    return true;
}

static size_t read_crash(void *ctx, uint32_t off_bytes, uint8_t *dst,
                         size_t room_bytes)
{
    struct window window = {
        .off_bytes = off_bytes, .dst = dst, .room_bytes = room_bytes};

    (void)ctx;
    put_crash(&window);
    return window.len_bytes;
}

static bool open_log(void *ctx, uint32_t *len_bytes)
{
    const struct appdemo *demo = ctx;
    uint32_t count = demo->console.log_count;

    *len_bytes = count < APPDEMO_LOG_BYTES ? count : APPDEMO_LOG_BYTES;
    return true;
}

static size_t read_log(void *ctx, uint32_t off_bytes, uint8_t *dst,
                       size_t room_bytes)
{
    const struct appdemo_console *console =
        &((const struct appdemo *)ctx)->console;
    uint32_t kept = console->log_count < APPDEMO_LOG_BYTES ? console->log_count
                                                           : APPDEMO_LOG_BYTES;
    uint32_t begin = console->log_count - kept;
    size_t len_bytes = 0;

    while (len_bytes < room_bytes && off_bytes + len_bytes < kept) {
        dst[len_bytes] =
            console
                ->log_ring[(begin + off_bytes + len_bytes) % APPDEMO_LOG_BYTES];
        len_bytes++;
    }
    return len_bytes;
}

void appdemo_files_init(struct appdemo *demo)
{
    const struct duo_smp_file files[APPDEMO_FILES] = {
        {"/boot/journal.txt", open_journal, read_journal, demo},
        {"/crash/last.txt",   open_crash,   read_crash,   demo},
        {"/log/app.txt",      open_log,     read_log,     demo},
    };

    duo_crypto_small_hash_init(&demo->smp.files_crypto);
    memcpy(demo->smp.files, files, sizeof(files));
    duo_ram_files_init(&demo->smp.ram, demo->smp.ram_memory,
                       sizeof(demo->smp.ram_memory));
    demo->smp.disk = duo_ram_files_disk(&demo->smp.ram, "/ram/");
    demo->smp.fs = (struct duo_smp_fs){
        .files = demo->smp.files,
        .count = APPDEMO_FILES,
        .disk = &demo->smp.disk,
        .server = &demo->smp.server,
        .crypto = &demo->smp.files_crypto.crypto,
    };
}
