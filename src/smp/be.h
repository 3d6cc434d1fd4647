/* SPDX-License-Identifier: MIT */
/* Network byte order, in which SMP, IP and UDP write their fields. */
#ifndef DUO_SMP_BE_H
#define DUO_SMP_BE_H

#include <stdint.h>

#include "duo/compiler.h"

DUO_INLINE uint16_t duo_load_be16(const uint8_t src[2])
{
    return (uint16_t)(((uint32_t)src[0] << 8) | src[1]);
}

DUO_INLINE uint32_t duo_load_be32(const uint8_t src[4])
{
    return ((uint32_t)src[0] << 24) | ((uint32_t)src[1] << 16) |
           ((uint32_t)src[2] << 8) | (uint32_t)src[3];
}

DUO_INLINE void duo_store_be16(uint8_t dst[2], uint32_t value)
{
    dst[0] = (uint8_t)(value >> 8);
    dst[1] = (uint8_t)value;
}

DUO_INLINE void duo_store_be32(uint8_t dst[4], uint32_t value)
{
    duo_store_be16(dst, value >> 16);
    duo_store_be16(&dst[2], value);
}

#endif
