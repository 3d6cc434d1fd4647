/* SPDX-License-Identifier: MIT */
/* Group 9: commands of the shell; see duo/smp_groups.h. */
#include "duo/smp_groups.h"

#include <string.h>

enum shell_error {
    SHELL_COMMAND_TOO_LONG = 2,
    SHELL_EMPTY_COMMAND = 3,
};

/* For version 1. */
static const uint8_t error_rc[] = {
    DUO_SMP_RC_OK,
    DUO_SMP_RC_UNKNOWN,
    DUO_SMP_RC_INVALID,
    DUO_SMP_RC_INVALID,
};

/* What the answer needs besides the output: keys, heads, the result. */
#define ANSWER_BYTES (2U + 3U + 4U + 5U)

/* Put the words into the line, a space between them; false: refused. */
static bool join(struct duo_smp_shell *shell, struct duo_smp_request *request,
                 struct duo_bytes words)
{
    struct duo_bytes word;
    size_t used_bytes = 0; /* Less than line_bytes: the end needs one. */
    size_t separator_bytes;

    while (duo_cbor_next_text(&words, &word)) {
        if (memchr(word.data, '\0', word.len_bytes) != NULL) {
            duo_smp_reject(request, DUO_SMP_RC_INVALID);
            return false;
        }
        separator_bytes = used_bytes != 0;
        if (word.len_bytes >=
            shell->line_bytes - used_bytes - separator_bytes) {
            duo_smp_refuse(request, SHELL_COMMAND_TOO_LONG);
            return false;
        }
        if (separator_bytes != 0) {
            shell->line[used_bytes] = ' ';
            used_bytes++;
        }
        memcpy(&shell->line[used_bytes], word.data, word.len_bytes);
        used_bytes += word.len_bytes;
    }
    shell->line[used_bytes] = '\0';
    if (words.len_bytes != 0) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
    } else if (shell->line[strspn(shell->line, " ")] == '\0') {
        duo_smp_refuse(request, SHELL_EMPTY_COMMAND);
    }
    return request->error == 0;
}

/* As much of the output as the answer has room for; no character of several
 * bytes is cut. */
static size_t fitting_bytes(const struct duo_smp_shell *shell,
                            const struct duo_cbor_writer *writer)
{
    size_t room_bytes = writer->room_bytes - writer->len_bytes;
    size_t len_bytes = shell->output_bytes;

    room_bytes = room_bytes < ANSWER_BYTES ? 0 : room_bytes - ANSWER_BYTES;
    if (len_bytes > shell->output_room_bytes) {
        len_bytes = shell->output_room_bytes;
    }
    if (len_bytes <= room_bytes) {
        return len_bytes;
    }
    while (room_bytes != 0 &&
           ((uint8_t)shell->output[room_bytes] & 0xC0U) == 0x80U) {
        room_bytes--;
    }
    return room_bytes;
}

static enum duo_smp_outcome execute(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_shell *shell = ctx;
    struct duo_cbor_field words = {.key = "argv", .kind = DUO_CBOR_ARRAY};
    int result;

    if (!duo_smp_read(request, &words, 1)) {
        return DUO_SMP_DONE;
    }
    if (!words.found) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    if (!join(shell, request, words.bytes)) {
        return DUO_SMP_DONE;
    }
    shell->output_bytes = 0;
    result = shell->run(shell->ctx, shell->line, shell);
    duo_cbor_put_text_bytes(
        &request->answer, "o",
        (struct duo_bytes){(const uint8_t *)shell->output,
                           fitting_bytes(shell, &request->answer)});
    duo_cbor_put_int(&request->answer, "ret", result);
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .write = execute},
};

const struct duo_smp_group_type duo_smp_shell_group = {
    .id = DUO_SMP_GROUP_SHELL,
    .name = "shell mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
