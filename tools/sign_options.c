/* SPDX-License-Identifier: MIT */
/* The options of `duoboot sign`; see sign_options.h. */
#include "sign_options.h"

#include <argp.h>
#include <string.h>

#include "text.h"

enum option_key {
    OPTION_PAD_HEADER = 256,
    OPTION_PAD,
    OPTION_CONFIRM,
    OPTION_TEST,
    OPTION_ALIGN,
    OPTION_CORE,
    OPTION_NO_TARGET,
    OPTION_CUSTOM,
    OPTION_JSON,
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"key", 'k', "FILE", 0, "Private key, P-256 or Ed25519 (PEM)", 0},
    {"version", 'v', "X.Y.Z+B", 0, "Version of the image", 0},
    {"header-size", 'H', "BYTES", 0, "Room for the header (default 0x200)", 0},
    {"pad-header", OPTION_PAD_HEADER, NULL, 0, "Put the header before the input; else the input begins with that many zero bytes", 0},
    {"slot-size", 'S', "BYTES", 0, "Check that image and trailer fit", 0},
    {"align", OPTION_ALIGN, "BYTES", 0, "Write block of the flash: 1, 2, 4 or 8 (default 1)", 0},
    {"max-sectors", 'M', "COUNT", 0, "Sectors to count for the trailer (default 128)", 0},
    {"pad", OPTION_PAD, NULL, 0, "Fill to the slot size and add the trailer: installed on trial", 0},
    {"test", OPTION_TEST, NULL, 0, "The same as --pad", 0},
    {"confirm", OPTION_CONFIRM, NULL, 0, "As --pad, but installed for good", 0},
    {"dependencies", 'd', "\"(ID, X.Y.Z)\"", 0, "Images that it needs: 0 application, 1 network", 0},
    {"security-counter", 's', "NUMBER", 0, "Security counter, or `auto': from the version", 0},
    {"core", OPTION_CORE, "CORE", 0, "app or net (default: by the reset vector)", 0},
    {"no-target-tlv", OPTION_NO_TARGET, NULL, 0, "Leave out Duoboot's target TLV", 0},
    {"custom-tlv", OPTION_CUSTOM, "TYPE=VALUE", 0, "Protected TLV; VALUE is text or 0x...", 0},
    {"rom-fixed", 'F', "ADDRESS", 0, "Demand the slot at this flash address", 0},
    {"layout", 'l', "FILE", 0, "Layout file of the board (default: nRF5340 DK)", 0},
    {"hex-addr", 'x', "ADDRESS", 0, "Address of the image in a .hex output", 0},
    {"json", OPTION_JSON, NULL, 0, "Print what was made as JSON", 0},
    {0}};
/* clang-format on */

static const char doc[] =
    "Make a signed image in MCUboot's format from INPUT. Files whose names end "
    "in .hex are Intel HEX, others raw bytes.\v"
    "Examples:\n"
    "  duoboot sign --key release.pem --version 1.2.0 --pad-header \\\n"
    "      app.bin app.signed.bin\n"
    "  duoboot sign -k release.pem -v 1.2.0 -s auto -d \"(1, 1.1.0)\" \\\n"
    "      app.hex app.signed.hex\n"
    "  duoboot sign -k release.pem -v 2.0.0 --confirm -S 0xF0000 \\\n"
    "      app.bin factory.bin\n";

/* imgtool's own range for vendor TLVs. */
#define CUSTOM_TYPE_MIN 0x00A0U
#define CUSTOM_TYPE_MAX 0xFFFEU

static bool add_custom(struct duo_sign_command *command, const char *text,
                       struct duo_tool_error *error)
{
    struct duo_tool_tlvs *tlvs = &command->image.custom;
    const char *equals = strchr(text, '=');
    char type_text[16];
    uint32_t type;

    if (equals == NULL || (size_t)(equals - text) >= sizeof(type_text)) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--custom-tlv: '%s' is not TYPE=VALUE", text);
    }
    if (tlvs->count == DUO_SIGN_CUSTOM_TLVS_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "--custom-tlv: at most %u",
                             DUO_SIGN_CUSTOM_TLVS_MAX);
    }
    memcpy(type_text, text, (size_t)(equals - text));
    type_text[equals - text] = '\0';
    if (!duo_tool_parse_number(
            (struct duo_tool_word){"--custom-tlv", type_text}, CUSTOM_TYPE_MAX,
            &type, error)) {
        return false;
    }
    if (type < CUSTOM_TYPE_MIN || type == DUO_TLV_TARGET) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--custom-tlv: type 0x%04x is not free; use one "
                             "from 0x%04x to 0x%04x",
                             type, CUSTOM_TYPE_MIN, CUSTOM_TYPE_MAX);
    }
    if (!duo_tool_parse_tlv_value(
            equals + 1, &command->custom_values[tlvs->count], error)) {
        return false;
    }
    command->custom[tlvs->count] = (struct duo_tool_tlv){
        (uint16_t)type,
        duo_tool_buffer_view(&command->custom_values[tlvs->count])};
    tlvs->tlvs = command->custom;
    tlvs->count++;
    return true;
}

static bool set_align(struct duo_tool_sign_options *image, const char *arg,
                      struct duo_tool_error *error)
{
    if (!duo_tool_parse_number((struct duo_tool_word){"--align", arg},
                               DUO_TOOL_MAX_ALIGN_BYTES, &image->align_bytes,
                               error)) {
        return false;
    }
    if (image->align_bytes == 0 ||
        DUO_TOOL_MAX_ALIGN_BYTES % image->align_bytes != 0) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--align: must be 1, 2, 4 or 8");
    }
    return true;
}

static bool set_counter(struct duo_sign_command *command, const char *arg,
                        struct duo_tool_error *error)
{
    command->image.has_security_counter = true;
    if (strcmp(arg, "auto") == 0) {
        command->counter_is_version = true;
        return true;
    }
    return duo_tool_parse_number(
        (struct duo_tool_word){"--security-counter", arg}, UINT32_MAX,
        &command->image.security_counter, error);
}

/* Options with a value that can be wrong. */
static bool set_value(struct duo_sign_command *command, int key,
                      const char *arg, struct duo_tool_error *error)
{
    struct duo_tool_sign_options *image = &command->image;

    switch (key) {
    case 'v':
        command->has_version = true;
        return duo_tool_parse_version((struct duo_tool_word){"--version", arg},
                                      &image->version, error);
    case 'H':
        return duo_tool_parse_number(
            (struct duo_tool_word){"--header-size", arg}, UINT16_MAX,
            &image->header_bytes, error);
    case 'S':
        return duo_tool_parse_number((struct duo_tool_word){"--slot-size", arg},
                                     UINT32_MAX, &image->slot_bytes, error);
    case 'M':
        return duo_tool_parse_number(
            (struct duo_tool_word){"--max-sectors", arg}, UINT16_MAX,
            &image->max_sectors, error);
    case OPTION_ALIGN: return set_align(image, arg, error);
    case 'd':
        image->dependencies = command->dependencies;
        return duo_tool_parse_dependencies(arg, command->dependencies,
                                           &image->dependency_count, error);
    case 's': return set_counter(command, arg, error);
    case OPTION_CORE:
        command->has_core = true;
        return duo_tool_parse_core(arg, &image->core, error);
    case OPTION_CUSTOM: return add_custom(command, arg, error);
    case 'F':
        image->flags |= DUO_IMAGE_FLAG_ROM_FIXED;
        return duo_tool_parse_number((struct duo_tool_word){"--rom-fixed", arg},
                                     UINT32_MAX, &image->load_addr, error);
    case 'x':
        command->has_hex_addr = true;
        return duo_tool_parse_number((struct duo_tool_word){"--hex-addr", arg},
                                     UINT32_MAX, &command->hex_addr, error);
    default: break;
    }
    return duo_tool_fail(error, DUO_EXIT_INTERNAL, "option without code");
}

static void set_path(struct duo_sign_command *command, char *arg,
                     struct argp_state *state)
{
    if (command->in_path == NULL) {
        command->in_path = arg;
    } else if (command->out_path == NULL) {
        command->out_path = arg;
    } else {
        argp_error(state, "too many files: '%s'", arg);
    }
}

static void check_together(struct duo_sign_command *command,
                           struct argp_state *state)
{
    struct duo_tool_sign_options *image = &command->image;

    if (command->out_path == NULL) {
        argp_error(state, "INPUT and OUTPUT are needed");
    }
    if (command->key_path == NULL) {
        argp_error(state, "--key is needed");
    }
    if (!command->has_version) {
        argp_error(state, "--version is needed");
    }
    if (image->trailer.present && image->slot_bytes == 0) {
        argp_error(state, "--pad, --test and --confirm need --slot-size");
    }
    image->target_tlv = !command->no_target_tlv;
    if (command->counter_is_version) {
        image->security_counter = ((uint32_t)image->version.major << 24) +
                                  ((uint32_t)image->version.minor << 16) +
                                  image->version.revision;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_sign_command *command = state->input;
    struct duo_tool_error error;

    switch (key) {
    case 'k': command->key_path = arg; return 0;
    case 'l': command->layout_path = arg; return 0;
    case OPTION_PAD_HEADER: command->image.pad_header = true; return 0;
    case OPTION_NO_TARGET: command->no_target_tlv = true; return 0;
    case OPTION_JSON: command->is_json = true; return 0;
    case OPTION_CONFIRM:
        command->image.trailer.confirm = true;
        command->image.trailer.present = true;
        return 0;
    case OPTION_PAD:
    case OPTION_TEST: command->image.trailer.present = true; return 0;
    case ARGP_KEY_ARG: set_path(command, arg, state); return 0;
    case ARGP_KEY_END: check_together(command, state); return 0;
    default: break;
    }
    if (arg == NULL || key >= ARGP_KEY_FINI) {
        return ARGP_ERR_UNKNOWN;
    }
    if (!set_value(command, key, arg, &error)) {
        argp_error(state, "%s", error.text);
    }
    return 0;
}

void duo_sign_command_parse(int argc, char **argv,
                            struct duo_sign_command *command)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "INPUT OUTPUT",
                                     .doc = doc};

    *command = (struct duo_sign_command){.image = duo_tool_sign_defaults()};
    (void)argp_parse(&argp, argc, argv, 0, NULL, command);
}

void duo_sign_command_free(struct duo_sign_command *command)
{
    for (size_t i = 0; i < DUO_SIGN_CUSTOM_TLVS_MAX; i++) {
        duo_tool_buffer_free(&command->custom_values[i]);
    }
}
