/* SPDX-License-Identifier: MIT */
/* ELF; see elf.h. Field offsets as in the System V ABI, 32-bit objects. */
#include "elf.h"

#include <string.h>

#define HEADER_BYTES         52U
#define PROGRAM_HEADER_BYTES 32U

/* In the file header. */
#define E_CLASS     4U
#define E_DATA      5U
#define E_TYPE      16U
#define E_MACHINE   18U
#define E_PHOFF     28U
#define E_PHENTSIZE 42U
#define E_PHNUM     44U

/* In a program header. */
#define P_TYPE   0U
#define P_OFFSET 4U
#define P_PADDR  12U
#define P_FILESZ 16U
#define P_MEMSZ  20U

#define CLASS_32      1U
#define DATA_LITTLE   1U
#define TYPE_EXEC     2U
#define MACHINE_ARM   40U
#define SEGMENT_LOAD  1U
#define ADDRESS_SPACE (UINT64_C(1) << 32)

static const uint8_t magic[4] = {0x7F, 'E', 'L', 'F'};

bool duo_tool_elf_is(struct duo_bytes file)
{
    return file.len_bytes >= sizeof(magic) &&
           memcmp(file.data, magic, sizeof(magic)) == 0;
}

static bool check_header(const char *path, struct duo_bytes file,
                         struct duo_tool_error *error)
{
    unsigned machine;

    if (!duo_tool_elf_is(file) || file.len_bytes < HEADER_BYTES) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: the ELF header is cut off at offset 0x%zx",
                             path, file.len_bytes);
    }
    machine = duo_load_le16(file.data + E_MACHINE);
    if (file.data[E_CLASS] != CLASS_32 || file.data[E_DATA] != DATA_LITTLE ||
        machine != MACHINE_ARM) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: offset 0x12: an ELF file for another machine "
                             "(number %u), not for a 32-bit ARM",
                             path, machine);
    }
    if (duo_load_le16(file.data + E_TYPE) != TYPE_EXEC) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: offset 0x10: an ELF file that is no linked "
                             "program (type %u)",
                             path, (unsigned)duo_load_le16(file.data + E_TYPE));
    }
    if (duo_load_le16(file.data + E_PHENTSIZE) != PROGRAM_HEADER_BYTES) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: offset 0x2a: program headers of %u bytes",
                             path,
                             (unsigned)duo_load_le16(file.data + E_PHENTSIZE));
    }
    return true;
}

/* One program header, from where it is in the file. */
static bool read_segment(const char *path, struct duo_bytes file,
                         struct duo_tool_piece *piece, uint64_t header_off,
                         struct duo_tool_error *error)
{
    const uint8_t *header = file.data + header_off;
    uint64_t data_off = duo_load_le32(header + P_OFFSET);
    uint64_t len_bytes = duo_load_le32(header + P_FILESZ);

    piece->addr = duo_load_le32(header + P_PADDR);
    if (duo_load_le32(header + P_TYPE) != SEGMENT_LOAD || len_bytes == 0) {
        piece->bytes = (struct duo_bytes){NULL, 0};
        return true;
    }
    if (data_off + len_bytes > file.len_bytes) {
        return duo_tool_fail(
            error, DUO_EXIT_INPUT,
            "%s: program header %u (offset 0x%llx): the file ends before the "
            "content for address 0x%08x (0x%llx bytes at offset 0x%llx)",
            path, piece->place, (unsigned long long)header_off,
            (unsigned)piece->addr, (unsigned long long)len_bytes,
            (unsigned long long)data_off);
    }
    if (len_bytes > duo_load_le32(header + P_MEMSZ) ||
        piece->addr + len_bytes > ADDRESS_SPACE) {
        return duo_tool_fail(
            error, DUO_EXIT_INPUT,
            "%s: program header %u (offset 0x%llx): 0x%llx bytes do not fit "
            "at address 0x%08x",
            path, piece->place, (unsigned long long)header_off,
            (unsigned long long)len_bytes, (unsigned)piece->addr);
    }
    piece->bytes = (struct duo_bytes){file.data + data_off, (size_t)len_bytes};
    return true;
}

bool duo_tool_elf_walk(const char *path, struct duo_bytes file,
                       const struct duo_tool_piece_sink *sink,
                       struct duo_tool_error *error)
{
    uint64_t table_off;
    unsigned count;

    if (!check_header(path, file, error)) {
        return false;
    }
    table_off = duo_load_le32(file.data + E_PHOFF);
    count = duo_load_le16(file.data + E_PHNUM);
    if (table_off + (uint64_t)count * PROGRAM_HEADER_BYTES > file.len_bytes) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: the file ends before its %u program headers "
                             "at offset 0x%llx",
                             path, count, (unsigned long long)table_off);
    }
    for (unsigned index = 0; index < count; index++) {
        struct duo_tool_piece piece = {.place = index};

        if (!read_segment(path, file, &piece,
                          table_off + (uint64_t)index * PROGRAM_HEADER_BYTES,
                          error) ||
            (piece.bytes.len_bytes > 0 && !sink->put(sink->ctx, &piece))) {
            return false;
        }
    }
    return true;
}
