/* SPDX-License-Identifier: MIT */
/* Group 0: echo, tasks, buffers, date, reset, parameters, names; see
 * duo/smp_groups.h. */
#include "duo/smp_groups.h"

#include <string.h>

#include "date.h"

enum os_error {
    OS_INVALID_FORMAT = 2,
    OS_NO_ANSWER = 3,
    OS_RTC_NOT_SET = 4,
};

/* For version 1: unknown, invalid format, no answer, RTC not set, RTC failed,
 * answer invalid, heap statistics failed. */
static const uint8_t error_rc[] = {
    DUO_SMP_RC_OK,       DUO_SMP_RC_UNKNOWN,  DUO_SMP_RC_INVALID,
    DUO_SMP_RC_NO_ENTRY, DUO_SMP_RC_NO_ENTRY, DUO_SMP_RC_UNKNOWN,
    DUO_SMP_RC_UNKNOWN,  DUO_SMP_RC_UNKNOWN,
};

/* "MCUboot" and mode 3, "swap without scratch": clients decide by them what to
 * ask for, and this is what Duoboot does for them: test, confirm, revert. */
#define BOOTLOADER_NAME "MCUboot"
#define BOOTLOADER_MODE 3U

#define SECOND_US 1000000U

static enum duo_smp_outcome echo(void *ctx, struct duo_smp_request *request)
{
    struct duo_cbor_field text = {.key = "d", .kind = DUO_CBOR_TEXT};

    (void)ctx;
    if (duo_smp_read(request, &text, 1)) {
        duo_cbor_put_text_bytes(&request->answer, "r", text.bytes);
    }
    return DUO_SMP_DONE;
}

static void put_task(struct duo_cbor_writer *writer,
                     const struct duo_smp_task *task)
{
    duo_cbor_put_key(writer, task->name);
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "prio", task->priority);
    duo_cbor_put_uint(writer, "tid", task->id);
    duo_cbor_put_uint(writer, "state", task->state);
    duo_cbor_put_uint(writer, "stkuse", task->stack_used_words);
    duo_cbor_put_uint(writer, "stksiz", task->stack_words);
    duo_cbor_put_uint(writer, "cswcnt", task->switches);
    duo_cbor_put_uint(writer, "runtime", task->run_ms);
    /* Tasks do not check in; clients want the keys. */
    duo_cbor_put_uint(writer, "last_checkin", 0);
    duo_cbor_put_uint(writer, "next_checkin", 0);
    duo_cbor_end(writer);
}

static enum duo_smp_outcome tasks(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_os *os = ctx;
    struct duo_cbor_writer *writer = &request->answer;
    struct duo_smp_task task;

    if (os->task == NULL) {
        duo_smp_reject(request, DUO_SMP_RC_NOT_SUPPORTED);
        return DUO_SMP_DONE;
    }
    duo_cbor_put_key(writer, "tasks");
    duo_cbor_begin_map(writer);
    for (uint32_t i = 0; !writer->overflow && os->task(os->ctx, i, &task);
         i++) {
        put_task(writer, &task);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

/* The one pool: packets. */
static enum duo_smp_outcome pools(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_server *server =
        ((const struct duo_smp_os *)ctx)->server;
    struct duo_cbor_writer *writer = &request->answer;
    uint32_t free_count = 0;

    for (size_t i = 0; i < server->config.packet_count; i++) {
        free_count += server->packets[i].state == DUO_SMP_PACKET_FREE;
    }
    duo_cbor_put_key(writer, "mpools");
    duo_cbor_begin_map(writer);
    duo_cbor_put_key(writer, "smp");
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "blksiz", server->config.packet_bytes);
    duo_cbor_put_uint(writer, "nblks", server->config.packet_count);
    duo_cbor_put_uint(writer, "nfree", free_count);
    duo_cbor_put_uint(writer, "min",
                      server->config.packet_count - server->used_count_max);
    duo_cbor_end(writer);
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static int64_t up_s(const struct duo_smp_os *os)
{
    return (int64_t)(os->clock->now_us(os->clock) / SECOND_US);
}

static enum duo_smp_outcome date_read(void *ctx,
                                      struct duo_smp_request *request)
{
    const struct duo_smp_os *os = ctx;
    char text[DUO_SMP_DATE_CHARS + 1U];

    if (os->date_offset_s == 0) {
        duo_smp_refuse(request, OS_RTC_NOT_SET);
        return DUO_SMP_DONE;
    }
    duo_smp_date_format((uint32_t)(up_s(os) + os->date_offset_s), text);
    duo_cbor_put_text(&request->answer, "datetime", text);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome date_write(void *ctx,
                                       struct duo_smp_request *request)
{
    struct duo_smp_os *os = ctx;
    struct duo_cbor_field text = {.key = "datetime", .kind = DUO_CBOR_TEXT};
    uint32_t date_s;

    if (!duo_smp_read(request, &text, 1)) {
        return DUO_SMP_DONE;
    }
    if (!duo_smp_date_parse(text.bytes, &date_s)) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    os->date_offset_s = (int64_t)date_s - up_s(os);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome reset(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_os *os = ctx;
    struct duo_cbor_field fields[] = {
        {.key = "force",     .kind = DUO_CBOR_BOOL},
        {.key = "boot_mode", .kind = DUO_CBOR_UINT},
    };
    const struct duo_cbor_field *force = &fields[0];
    const struct duo_cbor_field *mode = &fields[1];

    if (!duo_smp_read(request, fields, 2)) {
        return DUO_SMP_DONE;
    }
    if (mode->number > DUO_SMP_BOOT_RECOVERY) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
    } else if (force->number == 0 && os->may_reset != NULL &&
               !os->may_reset(os->ctx)) {
        duo_smp_reject(request, DUO_SMP_RC_BUSY);
    } else {
        os->reset_mode = (enum duo_smp_boot_mode)mode->number;
        /* Asked again, the reset comes no later. */
        if (os->reset_due_us == 0) {
            os->reset_due_us = os->clock->now_us(os->clock) +
                               (uint64_t)DUO_SMP_RESET_MS * 1000U;
        }
    }
    return DUO_SMP_DONE;
}

void duo_smp_os_step(struct duo_smp_os *os)
{
    if (os->reset_due_us != 0 &&
        os->clock->now_us(os->clock) >= os->reset_due_us) {
        os->reset_due_us = 0;
        os->reset(os->ctx, os->reset_mode);
    }
}

static enum duo_smp_outcome parameters(void *ctx,
                                       struct duo_smp_request *request)
{
    const struct duo_smp_server_config *config =
        &((const struct duo_smp_os *)ctx)->server->config;

    duo_cbor_put_uint(&request->answer, "buf_size", config->packet_bytes);
    duo_cbor_put_uint(&request->answer, "buf_count", config->told_count);
    return DUO_SMP_DONE;
}

/* In the order of the answer and of struct duo_smp_os_names. */
static const char letters[] = "snrvbmpio";
#define LETTER_COUNT (sizeof(letters) - 1U)
#define LETTERS_ALL  ((1U << LETTER_COUNT) - 1U)
_Static_assert(sizeof(struct duo_smp_os_names) ==
                   LETTER_COUNT * sizeof(const char *),
               "a name for each letter");

#define NAMES_CHARS_MAX 160U

/* Which names @p format asks for; 0: a letter is unknown, or its name. */
static uint32_t asked_names(struct duo_bytes format,
                            const char *const names[LETTER_COUNT])
{
    uint32_t asked = 0;

    for (size_t i = 0; i < format.len_bytes; i++) {
        const char *letter = memchr(letters, format.data[i], LETTER_COUNT);

        if (format.data[i] == 'a') {
            asked |= LETTERS_ALL;
        } else if (letter != NULL && names[letter - letters] != NULL) {
            asked |= 1U << (letter - letters);
        } else {
            return 0;
        }
    }
    return asked;
}

static enum duo_smp_outcome names(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_os *os = ctx;
    struct duo_cbor_field format = {.key = "format", .kind = DUO_CBOR_TEXT};
    const char *list[LETTER_COUNT];
    char output[NAMES_CHARS_MAX];
    size_t output_bytes = 0;
    uint32_t asked = 1;

    memcpy(list, os->names, sizeof(list));
    if (!duo_smp_read(request, &format, 1)) {
        return DUO_SMP_DONE;
    }
    if (format.found) {
        asked = asked_names(format.bytes, list);
    }
    if (asked == 0) {
        duo_smp_refuse(request, OS_INVALID_FORMAT);
        return DUO_SMP_DONE;
    }
    for (size_t i = 0; i < LETTER_COUNT; i++) {
        size_t name_bytes;

        if (list[i] == NULL || (asked & 1U << i) == 0) {
            continue;
        }
        name_bytes = strlen(list[i]);
        if (name_bytes >= sizeof(output) - output_bytes) {
            duo_smp_reject(request, DUO_SMP_RC_TOO_LARGE);
            return DUO_SMP_DONE;
        }
        memcpy(&output[output_bytes], list[i], name_bytes);
        output_bytes += name_bytes;
        output[output_bytes] = ' ';
        output_bytes++;
    }
    duo_cbor_put_text_bytes(
        &request->answer, "output",
        (struct duo_bytes){(const uint8_t *)output,
                           output_bytes - (output_bytes != 0)});
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome bootloader(void *ctx,
                                       struct duo_smp_request *request)
{
    static const struct duo_bytes mode = {(const uint8_t *)"mode", 4};
    struct duo_cbor_field query = {.key = "query", .kind = DUO_CBOR_TEXT};

    if (!duo_smp_read(request, &query, 1)) {
        return DUO_SMP_DONE;
    }
    if (!query.found) {
        duo_cbor_put_text(&request->answer, "bootloader", BOOTLOADER_NAME);
    } else if (duo_bytes_equal(query.bytes, mode)) {
        duo_cbor_put_uint(&request->answer, "mode", BOOTLOADER_MODE);
        if (((const struct duo_smp_os *)ctx)->no_downgrade) {
            duo_cbor_put_bool(&request->answer, "no-downgrade", true);
        }
    } else {
        duo_smp_refuse(request, OS_NO_ANSWER);
    }
    return DUO_SMP_DONE;
}

static const struct duo_smp_command small_commands[] = {
    {.id = 0, .read = echo,       .write = echo },
    {.id = 5, .read = NULL,       .write = reset},
    {.id = 6, .read = parameters, .write = NULL },
};

const struct duo_smp_group_type duo_smp_os_small_group = {
    .id = DUO_SMP_GROUP_OS,
    .name = "os mgmt",
    .commands = small_commands,
    .command_count = sizeof(small_commands) / sizeof(small_commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = echo,       .write = echo      },
    {.id = 2, .read = tasks,      .write = NULL      },
    {.id = 3, .read = pools,      .write = NULL      },
    {.id = 4, .read = date_read,  .write = date_write},
    {.id = 5, .read = NULL,       .write = reset     },
    {.id = 6, .read = parameters, .write = NULL      },
    {.id = 7, .read = names,      .write = NULL      },
    {.id = 8, .read = bootloader, .write = NULL      },
};

const struct duo_smp_group_type duo_smp_os_group = {
    .id = DUO_SMP_GROUP_OS,
    .name = "os mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
