/* SPDX-License-Identifier: MIT */
/* board.json; see board_config.h. */
#include "board_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "text.h"

#define FORMAT_NAME    "duoboot-board"
#define FORMAT_VERSION 1
#define PATH_BYTES_MAX 4096U

static const struct duo_board_word downgrade_words[] = {
    {"allow",  DUO_DOWNGRADE_ALLOW },
    {"refuse", DUO_DOWNGRADE_REFUSE},
    {NULL,     0                   }
};
static const struct duo_board_word backup_words[] = {
    {"keep", DUO_BACKUP_KEEP},
    {"none", DUO_BACKUP_NONE},
    {NULL,   0              }
};
static const struct duo_board_word staged_words[] = {
    {"blank",    DUO_STAGED_BLANK   },
    {"previous", DUO_STAGED_PREVIOUS},
    {NULL,       0                  }
};
static const struct duo_board_word route_words[] = {
    {"accept", DUO_ROUTE_ACCEPT},
    {"refuse", DUO_ROUTE_REFUSE},
    {NULL,     0               }
};
static const struct duo_board_word net_start_words[] = {
    {"by-app",  DUO_NET_START_BY_APP },
    {"by-boot", DUO_NET_START_BY_BOOT},
    {NULL,      0                    }
};
static const struct duo_board_word counter_words[] = {
    {"optional", false},
    {"required", true },
    {NULL,       0    }
};

static int get_downgrade(const struct duo_policy *policy)
{
    return (int)policy->downgrade;
}
static void set_downgrade(struct duo_policy *policy, int value)
{
    policy->downgrade = (enum duo_policy_downgrade)value;
}
static int get_backup(const struct duo_policy *policy)
{
    return (int)policy->backup;
}
static void set_backup(struct duo_policy *policy, int value)
{
    policy->backup = (enum duo_policy_backup)value;
}
static int get_staged(const struct duo_policy *policy)
{
    return (int)policy->staged;
}
static void set_staged(struct duo_policy *policy, int value)
{
    policy->staged = (enum duo_policy_staged)value;
}
static int get_route(const struct duo_policy *policy)
{
    return (int)policy->route;
}
static void set_route(struct duo_policy *policy, int value)
{
    policy->route = (enum duo_policy_route)value;
}
static int get_net_start(const struct duo_policy *policy)
{
    return (int)policy->net_start;
}
static void set_net_start(struct duo_policy *policy, int value)
{
    policy->net_start = (enum duo_policy_net_start)value;
}
static int get_counter(const struct duo_policy *policy)
{
    return policy->security_counter_required;
}
static void set_counter(struct duo_policy *policy, int value)
{
    policy->security_counter_required = value != 0;
}

const struct duo_board_rule duo_board_rules[] = {
    {"downgrade",        downgrade_words, get_downgrade, set_downgrade},
    {"backup",           backup_words,    get_backup,    set_backup   },
    {"staged",           staged_words,    get_staged,    set_staged   },
    {"route",            route_words,     get_route,     set_route    },
    {"net-start",        net_start_words, get_net_start, set_net_start},
    {"security-counter", counter_words,   get_counter,   set_counter  },
    {NULL,               NULL,            NULL,          NULL         }
};

const struct duo_board_word *
duo_board_word_find(const struct duo_board_word *table, const char *text)
{
    for (; table->word != NULL; table++) {
        if (strcmp(table->word, text) == 0) {
            return table;
        }
    }
    return NULL;
}

const char *duo_board_word_of(const struct duo_board_word *table, int value)
{
    for (; table->word != NULL; table++) {
        if (table->value == value) {
            return table->word;
        }
    }
    return "unknown";
}

static size_t public_bytes(enum duo_key_type type)
{
    return type == DUO_KEY_P256 ? DUO_P256_PUBLIC_BYTES
                                : DUO_ED25519_PUBLIC_BYTES;
}

static json_t *key_json(const struct duo_public_key *key)
{
    char hex[2 * DUO_P256_PUBLIC_BYTES + 1];

    duo_tool_format_hex((struct duo_bytes){key->pub, public_bytes(key->type)},
                        hex);
    return json_pack("{s:s, s:s}", "type",
                     key->type == DUO_KEY_P256 ? "p256" : "ed25519", "public",
                     hex);
}

static bool parse_hex(const char *text, uint8_t *out, size_t len_bytes)
{
    if (strlen(text) != 2 * len_bytes ||
        strspn(text, "0123456789abcdef") != 2 * len_bytes) {
        return false;
    }
    for (size_t i = 0; i < len_bytes; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

/* The hash is what images name the key by; it follows from the key. */
static bool parse_key(json_t *json, struct duo_public_key *key)
{
    static const struct duo_board_word types[] = {
        {"p256",    DUO_KEY_P256   },
        {"ed25519", DUO_KEY_ED25519},
        {NULL,      0              }
    };
    const struct duo_board_word *row;
    uint8_t spki[DUO_TOOL_SPKI_BYTES_MAX];
    const char *type;
    const char *hex;

    if (json_unpack(json, "{s:s, s:s}", "type", &type, "public", &hex) != 0) {
        return false;
    }
    row = duo_board_word_find(types, type);
    if (row == NULL) {
        return false;
    }
    key->type = (enum duo_key_type)row->value;
    if (!parse_hex(hex, key->pub, public_bytes(key->type))) {
        return false;
    }
    duo_tool_sha256((struct duo_bytes){spki, duo_tool_key_spki(key, spki)},
                    key->hash);
    return true;
}

static bool parse_keys(json_t *json, struct duo_tool_trust *trust)
{
    size_t count = json_array_size(json);
    bool good = count > 0 && count <= DUO_TOOL_KEYS_MAX;

    for (size_t i = 0; good && i < count; i++) {
        good = parse_key(json_array_get(json, i), &trust->keys[i]);
    }
    trust->trust.key_count = (uint32_t)count;
    return good;
}

/* A rule that an older board directory does not name has its first word. */
static bool parse_policy(json_t *json, struct duo_policy *policy)
{
    if (!json_is_object(json)) {
        return false;
    }
    for (const struct duo_board_rule *rule = duo_board_rules;
         rule->name != NULL; rule++) {
        const json_t *word = json_object_get(json, rule->name);
        const char *text =
            word != NULL ? json_string_value(word) : rule->words[0].word;
        const struct duo_board_word *row =
            text != NULL ? duo_board_word_find(rule->words, text) : NULL;
        if (row == NULL) {
            return false;
        }
        rule->set(policy, row->value);
    }
    return true;
}

struct missing {
    const char *what; /* Of the file. */
};

static bool malformed(const char *path, struct missing missing,
                      struct duo_tool_error *error)
{
    return duo_tool_fail(error, DUO_EXIT_INPUT,
                         "%s: %s is missing or malformed", path, missing.what);
}

static bool parse(const char *path, json_t *root,
                  struct duo_board_config *config, struct duo_tool_error *error)
{
    const char *format;
    int version;
    json_t *layout;
    json_t *keys;
    json_t *policy;
    json_t *last_boot;
    json_int_t session;
    json_int_t time_ns;
    int powered;

    if (json_unpack(root, "{s:s, s:i}", "format", &format, "version",
                    &version) != 0 ||
        strcmp(format, FORMAT_NAME) != 0 || version != FORMAT_VERSION) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: this is no board of this version of duoboot",
                             path);
    }
    if (json_unpack(root, "{s:o, s:o, s:o, s:I, s:I, s:b, s:o}", "layout",
                    &layout, "keys", &keys, "policy", &policy, "session",
                    &session, "time_ns", &time_ns, "powered", &powered,
                    "last_boot", &last_boot) != 0 ||
        session < 0 || session > UINT32_MAX || time_ns < 0) {
        return malformed(path, (struct missing){"a member"}, error);
    }
    if (!duo_board_layout_parse(path, layout, &config->layout, error)) {
        return false;
    }
    duo_tool_trust_from_layout(&config->layout.layout, &config->trust);
    if (!parse_keys(keys, &config->trust)) {
        return malformed(path, (struct missing){"\"keys\""}, error);
    }
    if (!parse_policy(policy, &config->policy)) {
        return malformed(path, (struct missing){"\"policy\""}, error);
    }
    config->session = (uint32_t)session;
    config->time_ns = (uint64_t)time_ns;
    config->is_powered = powered != 0;
    config->last_boot =
        json_is_object(last_boot) ? json_incref(last_boot) : NULL;
    return true;
}

static bool make_path(const char *dir, char path[PATH_BYTES_MAX],
                      struct duo_tool_error *error)
{
    int chars = snprintf(path, PATH_BYTES_MAX, "%s/board.json", dir);

    return (chars > 0 && (size_t)chars < PATH_BYTES_MAX) ||
           duo_tool_fail(error, DUO_EXIT_USAGE, "the path is too long");
}

bool duo_board_config_load(const char *dir, struct duo_board_config *config,
                           struct duo_tool_error *error)
{
    char path[PATH_BYTES_MAX];
    struct duo_tool_buffer text;
    json_error_t json_error;
    json_t *root;
    bool done;

    memset(config, 0, sizeof(*config));
    if (!make_path(dir, path, error) ||
        !duo_tool_file_read(path, &text, error)) {
        return false;
    }
    root = json_loadb((const char *)text.data, text.len_bytes,
                      JSON_REJECT_DUPLICATES, &json_error);
    duo_tool_buffer_free(&text);
    if (root == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INPUT, "%s:%d: %s", path,
                             json_error.line, json_error.text);
    }
    done = parse(path, root, config, error);
    json_decref(root);
    return done;
}

static json_t *config_json(const struct duo_board_config *config)
{
    json_t *keys = json_array();
    json_t *policy = json_object();

    for (uint32_t i = 0; i < config->trust.trust.key_count; i++) {
        (void)json_array_append_new(keys, key_json(&config->trust.keys[i]));
    }
    for (const struct duo_board_rule *rule = duo_board_rules;
         rule->name != NULL; rule++) {
        (void)json_object_set_new(
            policy, rule->name,
            json_string(
                duo_board_word_of(rule->words, rule->get(&config->policy))));
    }
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:I, s:I, s:b, s:O?}", "format",
                     FORMAT_NAME, "version", FORMAT_VERSION, "layout",
                     duo_board_layout_json(&config->layout.layout), "keys",
                     keys, "policy", policy, "session",
                     (json_int_t)config->session, "time_ns",
                     (json_int_t)config->time_ns, "powered",
                     (int)config->is_powered, "last_boot", config->last_boot);
}

bool duo_board_config_save(const char *dir,
                           const struct duo_board_config *config,
                           struct duo_tool_error *error)
{
    static const struct duo_tool_file_mode mode = {0644, true};
    char path[PATH_BYTES_MAX];
    json_t *root;
    char *text;
    bool done;

    if (!make_path(dir, path, error)) {
        return false;
    }
    root = config_json(config);
    text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (text == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "%s: cannot be made",
                             path);
    }
    done = duo_tool_file_write(
        path, (struct duo_bytes){(const uint8_t *)text, strlen(text)}, mode,
        error);
    free(text);
    return done;
}

void duo_board_config_free(struct duo_board_config *config)
{
    json_decref(config->last_boot);
    config->last_boot = NULL;
}
