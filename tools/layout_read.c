/* SPDX-License-Identifier: MIT */
/* Read a layout file with libyaml; see layout.h.
 *
 * Hostile input: everything is copied into fixed arrays with their bounds
 * checked, numbers are checked before they are used, and libyaml's document
 * form keeps an alias as a node number, so no alias is ever expanded. */
#include "layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define FILE_BYTES_MAX (1024 * 1024)
#define ADDR_END_MAX   0x100000000ULL

/* What one entry says, before it is checked for consistency. */
struct fields {
    bool has_addr;
    bool has_end_addr;
    bool has_size;
    uint64_t addr;
    uint64_t end_addr;
    uint64_t size_bytes;
    uint32_t end_addr_line;
    char region[DUO_LAYOUT_NAME_CHARS];
};

struct reader {
    struct duo_layout_file *file;
    yaml_document_t *doc;
};

static uint32_t line_of(const yaml_node_t *node)
{
    return (uint32_t)node->start_mark.line + 1;
}

static const char *scalar_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

/* Copies a scalar that is a C identifier, as the partition manager demands;
 * so names are safe in every generated language. */
static bool copy_name(char dst[DUO_LAYOUT_NAME_CHARS], const yaml_node_t *node)
{
    static const char first[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char rest[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    size_t len_chars;

    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return false;
    }
    len_chars = node->data.scalar.length;
    if (len_chars == 0 || len_chars >= DUO_LAYOUT_NAME_CHARS ||
        strspn(scalar_of(node), first) == 0 ||
        strspn(scalar_of(node), rest) != len_chars) {
        return false;
    }
    memcpy(dst, scalar_of(node), len_chars + 1);
    return true;
}

/* Hexadecimal with 0x or decimal; a leading 0 is octal to some YAML readers
 * and decimal to others, so it is refused. */
static bool parse_number(const yaml_node_t *node, uint64_t *value)
{
    const char *text;
    const char *digits;
    bool is_hex;
    char *end = NULL;
    unsigned long long parsed;

    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return false;
    }
    text = scalar_of(node);
    is_hex = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
    digits = is_hex ? text + 2 : text;
    if (strlen(text) != node->data.scalar.length || digits[0] == '\0' ||
        strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") !=
            strlen(digits)) {
        return false;
    }
    if (!is_hex && digits[0] == '0' && digits[1] != '\0') {
        return false;
    }
    errno = 0;
    parsed = strtoull(digits, &end, is_hex ? 16 : 10);
    if (errno != 0 || parsed > ADDR_END_MAX) {
        return false;
    }
    *value = parsed;
    return true;
}

static void read_number(struct reader *reader, const char *entry_name,
                        const yaml_node_t *key, const yaml_node_t *value_node,
                        uint64_t *value)
{
    *value = 0;
    if (!parse_number(value_node, value)) {
        duo_layout_error(reader->file, line_of(key),
                         "%s: %s is not a number from 0 to 0x100000000 "
                         "(hexadecimal with 0x, or decimal)",
                         entry_name, scalar_of(key));
    }
}

static void add_span(struct reader *reader, struct duo_layout_entry *entry,
                     const yaml_node_t *node)
{
    char name[DUO_LAYOUT_NAME_CHARS];

    if (!copy_name(name, node)) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span holds something that is no partition name",
                         entry->name);
        return;
    }
    if (duo_layout_spans(entry, name)) {
        return;
    }
    if (entry->span_count == DUO_LAYOUT_SPAN_MAX) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span lists more than %u partitions", entry->name,
                         DUO_LAYOUT_SPAN_MAX);
        return;
    }
    memcpy(entry->span[entry->span_count], name, sizeof(name));
    entry->span_count++;
}

/* span: [a, b], or span: a. The partition manager has replaced its other
 * forms (one_of) by the result when it writes a file with addresses. */
static void read_span(struct reader *reader, struct duo_layout_entry *entry,
                      const yaml_node_t *value)
{
    const yaml_node_item_t *item;

    if (value->type == YAML_SCALAR_NODE) {
        add_span(reader, entry, value);
        return;
    }
    if (value->type != YAML_SEQUENCE_NODE) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span is not a list of partition names",
                         entry->name);
        return;
    }
    for (item = value->data.sequence.items.start;
         item < value->data.sequence.items.top; item++) {
        add_span(reader, entry, yaml_document_get_node(reader->doc, *item));
    }
}

/* Keys of the partition manager that say nothing about where a partition is:
 * it has already placed them. */
static bool is_known_key(const char *key)
{
    static const char *const names[] = {
        "affiliation",
        "align",
        "default_driver_kconfig",
        "device",
        "dynamic_partition",
        "extra_params",
        "inside",
        "orig_inside",
        "orig_outside",
        "orig_span",
        "outside",
        "placement",
        "share_size",
        "sharers",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void read_field(struct reader *reader, struct duo_layout_entry *entry,
                       struct fields *fields, const yaml_node_t *key,
                       const yaml_node_t *value)
{
    const char *name = scalar_of(key);

    if (strcmp(name, "address") == 0) {
        fields->has_addr = true;
        read_number(reader, entry->name, key, value, &fields->addr);
    } else if (strcmp(name, "end_address") == 0) {
        fields->has_end_addr = true;
        fields->end_addr_line = line_of(key);
        read_number(reader, entry->name, key, value, &fields->end_addr);
    } else if (strcmp(name, "size") == 0) {
        fields->has_size = true;
        read_number(reader, entry->name, key, value, &fields->size_bytes);
    } else if (strcmp(name, "region") == 0) {
        if (!copy_name(fields->region, value)) {
            duo_layout_error(reader->file, line_of(key),
                             "%s: region is no name", entry->name);
        }
    } else if (strcmp(name, "span") == 0) {
        read_span(reader, entry, value);
    } else if (!is_known_key(name)) {
        duo_layout_warning(reader->file, line_of(key),
                           "%s: key '%s' is not known and is ignored",
                           entry->name, name);
    }
}

/* From two of address, end_address and size to addr and end_addr. */
static void settle_range(struct reader *reader, struct duo_layout_entry *entry,
                         const struct fields *fields)
{
    if (!fields->has_addr) {
        duo_layout_error(reader->file, entry->line, "%s has no address",
                         entry->name);
        return;
    }
    if (!fields->has_end_addr && !fields->has_size) {
        duo_layout_error(reader->file, entry->line,
                         "%s has neither end_address nor size", entry->name);
        return;
    }
    entry->addr = fields->addr;
    entry->end_addr = fields->has_end_addr ? fields->end_addr
                                           : fields->addr + fields->size_bytes;
    if (entry->end_addr < entry->addr) {
        duo_layout_error(reader->file, fields->end_addr_line,
                         "%s: end_address 0x%llx is below address 0x%llx",
                         entry->name, (unsigned long long)entry->end_addr,
                         (unsigned long long)entry->addr);
        entry->end_addr = entry->addr;
    } else if (fields->has_end_addr && fields->has_size &&
               fields->end_addr - fields->addr != fields->size_bytes) {
        duo_layout_error(
            reader->file, fields->end_addr_line,
            "%s: address 0x%llx and end_address 0x%llx make 0x%llx bytes, "
            "but size says 0x%llx",
            entry->name, (unsigned long long)fields->addr,
            (unsigned long long)fields->end_addr,
            (unsigned long long)(fields->end_addr - fields->addr),
            (unsigned long long)fields->size_bytes);
    }
}

/* Regions that the partition manager knows and Duoboot does not use. */
static bool is_other_region(const char *region)
{
    static const char *const names[] = {"otp", "sram_network", "sram_secure",
                                        "sram_nonsecure", "ram_flash"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], region) == 0) {
            return true;
        }
    }
    return false;
}

static void settle_region(struct reader *reader, struct duo_layout_entry *entry,
                          const char *region)
{
    /* The partition manager's default. */
    const char *name = region[0] == '\0' ? "flash_primary" : region;

    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        if (strcmp(duo_layout_devices[i].name, name) == 0) {
            entry->has_memory = true;
            entry->memory = (enum duo_memory_id)i;
            return;
        }
    }
    if (!is_other_region(name)) {
        duo_layout_warning(reader->file, entry->line,
                           "%s: region '%s' is not known; the entry is not "
                           "checked",
                           entry->name, name);
    }
}

static void read_entry(struct reader *reader, struct duo_layout_entry *entry,
                       const yaml_node_t *node)
{
    struct fields fields = {0};
    const yaml_node_pair_t *pair;

    if (node->type != YAML_MAPPING_NODE) {
        duo_layout_error(reader->file, entry->line,
                         "%s is not a mapping with address and size",
                         entry->name);
        return;
    }
    for (pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->doc, pair->key);
        const yaml_node_t *value =
            yaml_document_get_node(reader->doc, pair->value);

        if (key->type != YAML_SCALAR_NODE) {
            duo_layout_error(reader->file, line_of(key),
                             "%s: a key is not a name", entry->name);
            continue;
        }
        read_field(reader, entry, &fields, key, value);
    }
    settle_range(reader, entry, &fields);
    settle_region(reader, entry, fields.region);
}

static void read_pair(struct reader *reader, const yaml_node_t *key,
                      const yaml_node_t *value)
{
    struct duo_layout_file *file = reader->file;
    struct duo_layout_entry *entry = &file->entries[file->entry_count];
    const struct duo_layout_entry *first;

    if (file->entry_count == DUO_LAYOUT_ENTRIES_MAX) {
        duo_layout_error(file, line_of(key), "more than %u partitions",
                         DUO_LAYOUT_ENTRIES_MAX);
        return;
    }
    memset(entry, 0, sizeof(*entry));
    if (!copy_name(entry->name, key)) {
        duo_layout_error(file, line_of(key),
                         "a partition name must be letters, digits and _, "
                         "at most %u of them",
                         DUO_LAYOUT_NAME_CHARS - 1);
        return;
    }
    entry->line = line_of(key);
    first = duo_layout_entry_find(file, entry->name);
    if (first != NULL) {
        duo_layout_error(file, entry->line,
                         "%s stands here a second time; first at line %u",
                         entry->name, (unsigned)first->line);
        return;
    }
    read_entry(reader, entry, value);
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
            entry->end_addr > 0 && entry->end_addr < ADDR_END_MAX) {
            file->memories[DUO_MEMORY_EXT_FLASH].size_bytes =
                (uint32_t)entry->end_addr;
        }
    }
}

static void read_document(struct reader *reader)
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
    struct reader reader = {.file = file, .doc = &doc};

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

        file->name[i] = is_safe ? stem[i] : '_';
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
        duo_layout_error(file, 1, "cannot be read, or larger than %d bytes",
                         FILE_BYTES_MAX);
    }
    (void)fclose(stream);
    return file;
}

void duo_layout_free(struct duo_layout_file *file)
{
    free(file);
}
