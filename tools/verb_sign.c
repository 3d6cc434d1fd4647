/* SPDX-License-Identifier: MIT */
/* duoboot sign: make a signed image from a firmware file. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "board_trust.h"
#include "check.h"
#include "image_file.h"
#include "print_json.h"
#include "sign_options.h"
#include "text.h"
#include "verb.h"

/* The core of the input's reset vector, or the one demanded; both must agree,
 * so that no image is signed for a core that it cannot run on. */
static bool choose_core(struct duo_sign_command *command,
                        const struct duo_tool_image_file *input,
                        const struct duo_trust *trust,
                        struct duo_tool_error *error)
{
    enum duo_core core = duo_tool_core_of_vectors(
        duo_tool_buffer_view(&input->bytes),
        command->image.pad_header ? 0 : command->image.header_bytes, trust);

    if (core == DUO_CORE_NONE) {
        return duo_tool_fail(
            error, DUO_EXIT_REFUSED,
            "%s: the reset vector lies in neither core's slot: is the header "
            "size right, and is it linked for this layout?",
            command->in_path);
    }
    if (command->has_core && command->image.core != core) {
        return duo_tool_fail(
            error, DUO_EXIT_REFUSED,
            "%s: --core asks for the %s core, but the reset vector is the %s "
            "core's",
            command->in_path, duo_core_name(command->image.core),
            duo_core_name(core));
    }
    command->image.core = core;
    return true;
}

/* Where the image goes in a HEX file; unlike imgtool we know the slots. */
static uint32_t output_addr(const struct duo_sign_command *command,
                            const struct duo_tool_image_file *input,
                            const struct duo_trust *trust)
{
    if (command->has_hex_addr) {
        return command->hex_addr;
    }
    if (input->has_addr) {
        return command->image.pad_header
                   ? input->addr - command->image.header_bytes
                   : input->addr;
    }
    return trust->code[command->image.core].addr;
}

static bool write_image(const struct duo_sign_command *command, uint32_t addr,
                        struct duo_tool_buffer *image,
                        struct duo_tool_error *error)
{
    static const struct duo_tool_file_mode mode = {0644, true};
    struct duo_tool_buffer text = {0};
    bool done;

    if (!duo_tool_is_hex_path(command->out_path)) {
        if (command->image.trailer.present) {
            duo_tool_image_pad(&command->image, image);
        }
        return duo_tool_file_write(command->out_path,
                                   duo_tool_buffer_view(image), mode, error);
    }
    duo_tool_image_hex(&command->image, duo_tool_buffer_view(image), addr,
                       &text);
    done = duo_tool_file_write(command->out_path, duo_tool_buffer_view(&text),
                               mode, error);
    duo_tool_buffer_free(&text);
    return done;
}

/* Nothing leaves this tool that the boot loader would refuse. */
static bool check_result(const struct duo_sign_command *command,
                         const struct duo_trust *trust, struct duo_bytes image,
                         struct duo_tool_verdict *verdict,
                         struct duo_tool_error *error)
{
    duo_tool_check_image(image, trust, verdict);
    if (verdict->verdict != DUO_VERDICT_ACCEPT) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: the boot loader would refuse the result: %s",
                             command->in_path,
                             duo_reason_text(verdict->reason)->sentence);
    }
    return true;
}

static void tell(const struct duo_sign_command *command,
                 const struct duo_image *image)
{
    char version[32];
    char digest[2 * DUO_SHA256_BYTES + 1];

    duo_version_format(&image->version, version);
    duo_tool_format_hex(
        (struct duo_bytes){image->digest, sizeof(image->digest)}, digest);
    if (command->is_json) {
        json_t *object = json_pack(
            "{s:s,s:s,s:s,s:I,s:s}", "output", command->out_path, "core",
            duo_core_name(image->core), "version", version, "size_bytes",
            (json_int_t)image->total_bytes, "digest", digest);
        duo_print_json(object);
        return;
    }
    (void)printf("%s: %s core, version %s, %u bytes, digest %s\n",
                 command->out_path, duo_core_name(image->core), version,
                 image->total_bytes, digest);
}

/* Everything that is open while an image is made. */
struct job {
    struct duo_tool_trust board;
    struct duo_tool_key key;
    struct duo_tool_image_file input;
    struct duo_tool_buffer image;
};

static bool sign(struct duo_sign_command *command, struct job *job,
                 struct duo_tool_error *error)
{
    const struct duo_trust *trust = &job->board.trust;
    struct duo_tool_verdict verdict;

    if (!duo_board_trust(command->layout_path, &job->board, error) ||
        !duo_tool_trust_add_key(&job->board, command->key_path, error) ||
        !duo_tool_key_load(command->key_path, &job->key, error) ||
        !duo_tool_image_file_read(command->in_path, &job->input, error) ||
        !duo_tool_image_has_room(duo_tool_buffer_view(&job->input.bytes),
                                 &command->image, error) ||
        !choose_core(command, &job->input, trust, error)) {
        return false;
    }
    if (!duo_tool_image_make(duo_tool_buffer_view(&job->input.bytes),
                             &command->image, &job->key, &job->image, error) ||
        !check_result(command, trust, duo_tool_buffer_view(&job->image),
                      &verdict, error) ||
        !write_image(command, output_addr(command, &job->input, trust),
                     &job->image, error)) {
        return false;
    }
    tell(command, &verdict.image);
    return true;
}

int duo_verb_sign(int argc, char **argv)
{
    struct duo_sign_command command;
    struct duo_tool_error error;
    struct job job = {0};
    bool done;

    duo_sign_command_parse(argc, argv, &command);
    done = sign(&command, &job, &error);
    duo_tool_buffer_free(&job.image);
    duo_tool_image_file_free(&job.input);
    duo_tool_key_free(&job.key);
    duo_sign_command_free(&command);
    return done ? DUO_EXIT_OK : duo_tool_report(&error);
}
