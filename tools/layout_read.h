/* SPDX-License-Identifier: MIT */
/* Private to layout_read.c and layout_read_entry.c. */
#ifndef DUO_TOOLS_LAYOUT_READ_H
#define DUO_TOOLS_LAYOUT_READ_H

#include <yaml.h>

#include "layout.h"

#define DUO_LAYOUT_ADDR_END_MAX 0x100000000ULL

struct duo_layout_reader {
    struct duo_layout_file *file;
    yaml_document_t *doc;
};

/** Line of a node, from 1. */
uint32_t duo_layout_line_of(const yaml_node_t *node);

/** Copies a scalar that is a C identifier, as the partition manager demands;
 * so names are safe in every generated language. */
bool duo_layout_copy_name(char dst[DUO_LAYOUT_NAME_CHARS],
                          const yaml_node_t *node);

/** Fill @p entry, whose name and line are set, from its mapping. */
void duo_layout_read_entry(struct duo_layout_reader *reader,
                           struct duo_layout_entry *entry,
                           const yaml_node_t *node);

#endif
