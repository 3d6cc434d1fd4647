/* SPDX-License-Identifier: MIT */
/* The four functions of string.h that the library uses, small: the C library's
 * take 500 bytes more. Copies of whole words go by words. (The build keeps
 * the compiler from making a call of memcpy of the loop in memcpy.) */
#include <stdint.h>
#include <string.h>

#define WORD_BYTES 4U

void *memcpy(void *restrict dst, const void *restrict src, size_t len_bytes)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((((uintptr_t)to | (uintptr_t)from) % WORD_BYTES) == 0) {
        uint32_t *to_word = (uint32_t *)(void *)to;
        const uint32_t *from_word = (const uint32_t *)(const void *)from;

        for (; len_bytes >= WORD_BYTES; len_bytes -= WORD_BYTES) {
            *to_word++ = *from_word++;
        }
        to = (uint8_t *)to_word;
        from = (const uint8_t *)from_word;
    }
    for (; len_bytes != 0; len_bytes--) {
        *to++ = *from++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t len_bytes)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if (to <= from) {
        return memcpy(dst, src, len_bytes);
    }
    while (len_bytes != 0) {
        len_bytes--;
        to[len_bytes] = from[len_bytes];
    }
    return dst;
}

void *memset(void *dst, int value, size_t len_bytes)
{
    uint8_t *to = dst;

    for (; len_bytes != 0; len_bytes--) {
        *to++ = (uint8_t)value;
    }
    return dst;
}

int memcmp(const void *left, const void *right, size_t len_bytes)
{
    const uint8_t *one = left;
    const uint8_t *other = right;

    for (; len_bytes != 0; len_bytes--) {
        int difference = *one++ - *other++;

        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end != '\0') {
        end++;
    }
    return (size_t)(end - text);
}
