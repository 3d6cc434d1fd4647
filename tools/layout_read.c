/* SPDX-License-Identifier: MIT */
/* Read a layout file with libyaml; see layout.h.
 *
 * Hostile input: everything is copied into fixed arrays with their bounds
 * checked, and libyaml's document form keeps an alias as a node number, so no
 * alias is ever expanded. */
#include "layout_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX 1048576L

static void read_pair(struct duo_layout_reader *reader, const yaml_node_t *key,
                      const yaml_node_t *value)
{
    struct duo_layout_file *file = reader->file;
    struct duo_layout_entry *entry = &file->entries[file->entry_count];
    const struct duo_layout_entry *first;

    if (file->entry_count == DUO_LAYOUT_ENTRIES_MAX) {
        duo_layout_error(file, duo_layout_line_of(key),
                         "more than %u partitions", DUO_LAYOUT_ENTRIES_MAX);
        return;
    }
    memset(entry, 0, sizeof(*entry));
    if (!duo_layout_copy_name(entry->name, key)) {
        duo_layout_error(file, duo_layout_line_of(key),
                         "a partition name must be letters, digits and _, "
                         "at most %u of them",
                         DUO_LAYOUT_NAME_CHARS - 1);
        return;
    }
    entry->line = duo_layout_line_of(key);
    first = duo_layout_entry_find(file, entry->name);
    if (first != NULL) {
        duo_layout_error(file, entry->line,
                         "%s stands here a second time; first at line %u",
                         entry->name, (unsigned)first->line);
        return;
    }
    duo_layout_read_entry(reader, entry, value);
    file->entry_count++;
}

/* Containers in containers: what an inner one holds, the outer one holds.
 * Each round adds a name or is the last, so the rounds are bounded. */
static bool close_span(struct duo_layout_file *file,
                       struct duo_layout_entry *entry)
{
    uint32_t count_before = entry->span_count;

    for (uint32_t i = 0; i < entry->span_count; i++) {
        const struct duo_layout_entry *inner =
            duo_layout_entry_find(file, entry->span[i]);

        for (uint32_t k = 0;
             inner != NULL && inner != entry && k < inner->span_count; k++) {
            if (!duo_layout_spans(entry, inner->span[k]) &&
                entry->span_count < DUO_LAYOUT_SPAN_MAX) {
                memcpy(entry->span[entry->span_count], inner->span[k],
                       DUO_LAYOUT_NAME_CHARS);
                entry->span_count++;
            }
        }
    }
    return entry->span_count != count_before;
}

/* An entry with a region's name tells where the region ends: the partition
 * manager writes it for what is left over, up to the end of the device. */
static void settle_devices(struct duo_layout_file *file)
{
    for (uint32_t i = 0; i < file->entry_count; i++) {
        const struct duo_layout_entry *entry = &file->entries[i];

        if (strcmp(entry->name,
                   duo_layout_devices[DUO_MEMORY_EXT_FLASH].name) == 0 &&
            entry->end_addr > 0 && entry->end_addr < DUO_LAYOUT_ADDR_END_MAX) {
            file->memories[DUO_MEMORY_EXT_FLASH].size_bytes =
                (uint32_t)entry->end_addr;
        }
    }
}

static void read_document(struct duo_layout_reader *reader)
{
    const yaml_node_t *root = yaml_document_get_root_node(reader->doc);
    const yaml_node_pair_t *pair;
    bool grew = true;

    if (root == NULL || root->type != YAML_MAPPING_NODE) {
        duo_layout_error(reader->file, 1,
                         "the file is not a mapping of partition names");
        return;
    }
    for (pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        read_pair(reader, yaml_document_get_node(reader->doc, pair->key),
                  yaml_document_get_node(reader->doc, pair->value));
    }
    while (grew) {
        grew = false;
        for (uint32_t i = 0; i < reader->file->entry_count; i++) {
            grew |= close_span(reader->file, &reader->file->entries[i]);
        }
    }
    settle_devices(reader->file);
}

static void read_stream(struct duo_layout_file *file, FILE *stream)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    struct duo_layout_reader reader = {.file = file, .doc = &doc};

    if (!yaml_parser_initialize(&parser)) {
        duo_layout_error(file, 1, "the YAML reader has no memory");
        return;
    }
    yaml_parser_set_input_file(&parser, stream);
    if (yaml_parser_load(&parser, &doc)) {
        read_document(&reader);
        yaml_document_delete(&doc);
    } else {
        duo_layout_error(file, (uint32_t)parser.problem_mark.line + 1,
                         "not valid YAML: %s",
                         parser.problem != NULL ? parser.problem : "unknown");
    }
    yaml_parser_delete(&parser);
}

/* "boards/my-board.yml" names the layout "my_board". */
static void name_layout(struct duo_layout_file *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *stem = slash != NULL ? slash + 1 : file->path;
    size_t len_chars = strcspn(stem, ".");

    if (len_chars >= sizeof(file->name)) {
        len_chars = sizeof(file->name) - 1;
    }
    for (size_t i = 0; i < len_chars; i++) {
        bool is_safe = strchr("abcdefghijklmnopqrstuvwxyz0123456789"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                              stem[i]) != NULL;

        file->name[i] = '_';
        if (is_safe) {
            file->name[i] = stem[i];
        }
    }
}

struct duo_layout_file *duo_layout_read(const char *path, FILE *messages)
{
    struct duo_layout_file *file = calloc(1, sizeof(*file));
    FILE *stream;

    if (file == NULL) {
        (void)fprintf(stderr, "out of memory\n");
        abort();
    }
    file->path = path;
    file->messages = messages;
    memcpy(file->memories, duo_layout_devices, sizeof(file->memories));
    name_layout(file);
    stream = fopen(path, "rb");
    if (stream == NULL) {
        file->has_io_failed = true;
        duo_layout_error(file, 1, "cannot be opened: %s", strerror(errno));
        return file;
    }
    if (fseek(stream, 0, SEEK_END) == 0 && ftell(stream) <= FILE_BYTES_MAX &&
        fseek(stream, 0, SEEK_SET) == 0) {
        read_stream(file, stream);
    } else {
        duo_layout_error(file, 1, "cannot be read, or larger than %ld bytes",
                         FILE_BYTES_MAX);
    }
    (void)fclose(stream);
    return file;
}

void duo_layout_free(struct duo_layout_file *file)
{
    free(file);
}
