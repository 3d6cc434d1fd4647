/* SPDX-License-Identifier: MIT */
/* Parser and verifier on the host; see check.h. */
#include "check.h"

#include "crypto_openssl.h"
#include "duo/image_format.h"

#define WORK_BYTES 4096U

void duo_tool_check_image(struct duo_bytes bytes, const struct duo_trust *trust,
                          struct duo_tool_verdict *verdict)
{
    _Alignas(4) uint8_t work[WORK_BYTES];
    struct duo_crypto *crypto = duo_crypto_openssl_create();
    struct duo_tool_mem_flash mem;
    struct duo_image_check check = {
        .area = &mem.area,
        .size_bytes_max = (uint32_t)bytes.len_bytes,
        .trust = trust,
        .crypto = crypto,
        .work = work,
        .work_bytes = sizeof(work),
    };

    duo_tool_mem_flash_init(&mem, bytes);
    verdict->verdict =
        duo_image_verify(&check, &verdict->image, &verdict->reason);
    if (verdict->verdict != DUO_VERDICT_ACCEPT) {
        /* Told for information; the verdict stands. */
        (void)duo_image_parse(&check, &verdict->image);
    }
    duo_crypto_openssl_destroy(crypto);
}

enum duo_core duo_tool_core_of_vectors(struct duo_bytes bytes,
                                       uint32_t header_bytes,
                                       const struct duo_trust *trust)
{
    uint32_t reset_addr;

    if (bytes.len_bytes < DUO_IMAGE_VECTOR_BYTES ||
        header_bytes > bytes.len_bytes - DUO_IMAGE_VECTOR_BYTES) {
        return DUO_CORE_NONE;
    }
    reset_addr = duo_load_le32(bytes.data + header_bytes + 4U);
    for (uint32_t i = 0; i < DUO_CORE_COUNT; i++) {
        const struct duo_code_range *code = &trust->code[i];
        if (reset_addr >= code->addr &&
            reset_addr - code->addr < code->size_bytes) {
            return (enum duo_core)i;
        }
    }
    return DUO_CORE_NONE;
}
