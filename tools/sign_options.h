/* SPDX-License-Identifier: MIT */
/* The options of `duoboot sign`, read from the command line. */
#ifndef DUO_TOOLS_SIGN_OPTIONS_H
#define DUO_TOOLS_SIGN_OPTIONS_H

#include "image_writer.h"

#define DUO_SIGN_CUSTOM_TLVS_MAX 8U

struct duo_sign_command {
    struct duo_tool_sign_options image;
    const char *key_path;
    const char *in_path;
    const char *out_path;
    const char *layout_path; /* NULL: the nRF5340 DK's. */
    bool has_version;
    bool has_core;
    bool counter_is_version; /* --security-counter auto. */
    bool no_target_tlv;
    bool has_hex_addr;
    uint32_t hex_addr;
    bool is_json;
    struct duo_dependency dependencies[DUO_IMAGE_DEPENDENCIES_MAX];
    struct duo_tool_tlv custom[DUO_SIGN_CUSTOM_TLVS_MAX];
    struct duo_tool_buffer custom_values[DUO_SIGN_CUSTOM_TLVS_MAX];
};

/** Ends the process with DUO_EXIT_USAGE if the command line is wrong. The
 * command must not be copied or moved afterwards. */
void duo_sign_command_parse(int argc, char **argv,
                            struct duo_sign_command *command);
void duo_sign_command_free(struct duo_sign_command *command);

#endif
