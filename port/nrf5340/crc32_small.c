/* SPDX-License-Identifier: MIT */
/* CRC-32 half a byte at a time: 960 bytes less of table than src/base/crc32.c
 * for twice the time, which is still short beside that of the flash. The boot
 * loaders link this one. */
#include "duo/bytes.h"

#define NIBBLE_BITS 4U
#define NIBBLE_MASK 0xFU

/* Remainders of each half byte by the reflected polynomial 0xEDB88320. */
static const uint32_t table[16] = {
    0x00000000U, 0x1DB71064U, 0x3B6E20C8U, 0x26D930ACU,
    0x76DC4190U, 0x6B6B51F4U, 0x4DB26158U, 0x5005713CU,
    0xEDB88320U, 0xF00F9344U, 0xD6D6A3E8U, 0xCB61B38CU,
    0x9B64C2B0U, 0x86D3D2D4U, 0xA00AE278U, 0xBDBDF21CU,
};

uint32_t duo_crc32(uint32_t crc, struct duo_bytes bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        crc ^= bytes.data[i];
        crc = (crc >> NIBBLE_BITS) ^ table[crc & NIBBLE_MASK];
        crc = (crc >> NIBBLE_BITS) ^ table[crc & NIBBLE_MASK];
    }
    return ~crc;
}
