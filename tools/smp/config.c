/* SPDX-License-Identifier: MIT */
/* The user's config file and the device that is meant; see config.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "file.h"

#define CONFIG_NAME "duoboot/config.yml"

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fputs("duoboot: out of memory\n", stderr);
        abort();
    }
    return memory;
}

/* Where the file is, or NULL: this user has no place for it. */
static char *config_path(void)
{
    const char *root = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int chars = -1;

    if (root != NULL && root[0] == '/') {
        chars = asprintf(&path, "%s/" CONFIG_NAME, root);
    } else if (home != NULL && home[0] != '\0') {
        chars = asprintf(&path, "%s/.config/" CONFIG_NAME, home);
    } else {
        return NULL;
    }
    return need(chars < 0 ? NULL : path);
}

/* --- The file as YAML --- */

struct reader {
    struct duo_config *config;
    yaml_document_t *document;
    struct duo_tool_error *error;
};

static bool fail_at(const struct reader *reader, const yaml_node_t *node,
                    const char *what)
{
    return duo_tool_fail(reader->error, DUO_EXIT_INPUT, "%s:%zu: %s",
                         reader->config->path, node->start_mark.line + 1U,
                         what);
}

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE
               ? (const char *)node->data.scalar.value
               : NULL;
}

static bool read_device(const struct reader *reader, const yaml_node_t *value)
{
    const char *text = scalar(value);

    if (text == NULL || text[0] == '\0') {
        return fail_at(reader, value, "\"device\" is a URL or a name");
    }
    free(reader->config->device);
    reader->config->device = need(strdup(text));
    return true;
}

static bool add_device(const struct reader *reader, const yaml_node_t *key,
                       const yaml_node_t *value)
{
    struct duo_config *config = reader->config;
    const char *name = scalar(key);
    const char *url = scalar(value);

    if (name == NULL || name[0] == '\0' || strchr(name, ':') != NULL) {
        return fail_at(reader, key, "a device's name is a word without \":\"");
    }
    if (url == NULL || strchr(url, ':') == NULL) {
        return fail_at(reader, value, "a device is a URL");
    }
    config->devices = need(realloc(
        config->devices, (config->count + 1U) * sizeof(*config->devices)));
    config->devices[config->count++] = (struct duo_config_entry){
        .name = need(strdup(name)), .url = need(strdup(url))};
    return true;
}

typedef bool (*take_pair)(const struct reader *reader, const yaml_node_t *key,
                          const yaml_node_t *value);

static bool each_pair(const struct reader *reader, const yaml_node_t *map,
                      take_pair take)
{
    if (map->type != YAML_MAPPING_NODE) {
        return fail_at(reader, map, "here stand lines of \"key: value\"");
    }
    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key =
            yaml_document_get_node(reader->document, pair->key);
        const yaml_node_t *value =
            yaml_document_get_node(reader->document, pair->value);

        if (!take(reader, key, value)) {
            return false;
        }
    }
    return true;
}

static bool take_top(const struct reader *reader, const yaml_node_t *key,
                     const yaml_node_t *value)
{
    const char *name = scalar(key);

    if (name != NULL && strcmp(name, "device") == 0) {
        return read_device(reader, value);
    }
    if (name != NULL && strcmp(name, "devices") == 0) {
        return each_pair(reader, value, add_device);
    }
    return fail_at(reader, key,
                   "not a key of this file: it has \"device\" and \"devices\"");
}

static bool load(struct duo_config *config, yaml_parser_t *parser,
                 struct duo_tool_error *error)
{
    yaml_document_t document;
    const yaml_node_t *root;
    const struct reader reader = {config, &document, error};
    bool done = true;

    if (yaml_parser_load(parser, &document) == 0) {
        return duo_tool_fail(error, DUO_EXIT_INPUT, "%s:%zu: %s", config->path,
                             parser->problem_mark.line + 1U,
                             parser->problem == NULL ? "not YAML"
                                                     : parser->problem);
    }
    root = yaml_document_get_root_node(&document);
    if (root != NULL) {
        done = each_pair(&reader, root, take_top);
    }
    yaml_document_delete(&document);
    return done;
}

bool duo_config_read(struct duo_config *config, struct duo_tool_error *error)
{
    struct duo_tool_buffer text = {0};
    yaml_parser_t parser;
    bool done;

    *config = (struct duo_config){.path = config_path()};
    if (config->path == NULL) {
        return true;
    }
    if (access(config->path, F_OK) != 0 &&
        (errno == ENOENT || errno == ENOTDIR)) {
        return true;
    }
    if (!duo_tool_file_read(config->path, &text, error)) {
        return false;
    }
    if (yaml_parser_initialize(&parser) == 0) {
        (void)need(NULL);
    }
    yaml_parser_set_input_string(&parser, text.data, text.len_bytes);
    done = load(config, &parser, error);
    yaml_parser_delete(&parser);
    duo_tool_buffer_free(&text);
    return done;
}

void duo_config_free(struct duo_config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        free(config->devices[i].name);
        free(config->devices[i].url);
    }
    free(config->devices);
    free(config->device);
    free(config->path);
    *config = (struct duo_config){0};
}

/* --- Which one --- */

/* A URL as it is; a name by the file. */
static char *resolve(const struct duo_config *config, const char *word,
                     struct duo_tool_error *error)
{
    if (strchr(word, ':') != NULL) {
        return need(strdup(word));
    }
    for (size_t i = 0; i < config->count; i++) {
        if (strcmp(config->devices[i].name, word) == 0) {
            return need(strdup(config->devices[i].url));
        }
    }
    (void)duo_tool_fail(error, DUO_EXIT_USAGE,
                        "%s: neither a URL (serial:..., raw:..., udp:..., "
                        "ble:..., board:...) nor the name of a device in %s",
                        word,
                        config->path == NULL ? "a config file" : config->path);
    return NULL;
}

static char *choose(const struct duo_config *config, const char *option,
                    struct duo_tool_error *error)
{
    const char *word = option;

    if (word == NULL) {
        word = getenv(DUO_CONFIG_DEVICE_VARIABLE);
    }
    if (word == NULL || word[0] == '\0') {
        word = config->device;
    }
    if (word == NULL) {
        (void)duo_tool_fail(
            error, DUO_EXIT_USAGE,
            "no device is said: --device URL, $" DUO_CONFIG_DEVICE_VARIABLE
            ", or \"device: URL\" in %s; `duoboot device discover` finds some",
            config->path == NULL ? "~/.config/" CONFIG_NAME : config->path);
        return NULL;
    }
    return resolve(config, word, error);
}

char *duo_config_device(const char *option, struct duo_tool_error *error)
{
    struct duo_config config;
    char *url = NULL;

    if (duo_config_read(&config, error)) {
        url = choose(&config, option, error);
    }
    duo_config_free(&config);
    return url;
}
