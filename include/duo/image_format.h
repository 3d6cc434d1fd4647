/* SPDX-License-Identifier: MIT */
/* Numbers of MCUboot's image format, shared by the parser and the tools that
 * write images. Bytes: docs/FORMAT.md section 1. All fields little endian. */
#ifndef DUO_IMAGE_FORMAT_H
#define DUO_IMAGE_FORMAT_H

#define DUO_IMAGE_MAGIC 0x96F3B83DU

/* Offsets in the header (DUO_IMAGE_HEADER_BYTES long). */
#define DUO_IMAGE_OFF_MAGIC         0U
#define DUO_IMAGE_OFF_LOAD_ADDR     4U
#define DUO_IMAGE_OFF_HEADER_BYTES  8U
#define DUO_IMAGE_OFF_PROTECTED     10U
#define DUO_IMAGE_OFF_PAYLOAD_BYTES 12U
#define DUO_IMAGE_OFF_FLAGS         16U
#define DUO_IMAGE_OFF_VERSION       20U

#define DUO_IMAGE_FLAG_PIC              0x00000001U
#define DUO_IMAGE_FLAG_ENCRYPTED_AES128 0x00000004U
#define DUO_IMAGE_FLAG_ENCRYPTED_AES256 0x00000008U
#define DUO_IMAGE_FLAG_NON_BOOTABLE     0x00000010U
#define DUO_IMAGE_FLAG_RAM_LOAD         0x00000020U
#define DUO_IMAGE_FLAG_ROM_FIXED        0x00000100U
#define DUO_IMAGE_FLAG_COMPRESSED_LZMA1 0x00000200U
#define DUO_IMAGE_FLAG_COMPRESSED_LZMA2 0x00000400U
#define DUO_IMAGE_FLAG_COMPRESSED_THUMB 0x00000800U

/* The initial stack pointer and the reset vector: the first two words of the
 * payload. */
#define DUO_IMAGE_VECTOR_BYTES 8U

/* TLV areas: an info header (magic, total length with itself), then entries
 * (type, length of the value, value), all packed. */
#define DUO_TLV_INFO_BYTES        4U
#define DUO_TLV_ENTRY_BYTES       4U
#define DUO_TLV_MAGIC_UNPROTECTED 0x6907U
#define DUO_TLV_MAGIC_PROTECTED   0x6908U

enum duo_tlv_type {
    DUO_TLV_KEYHASH = 0x01,
    DUO_TLV_PUBKEY = 0x02,
    DUO_TLV_SHA256 = 0x10,
    DUO_TLV_SHA384 = 0x11,
    DUO_TLV_SHA512 = 0x12,
    DUO_TLV_RSA2048 = 0x20,
    DUO_TLV_ECDSA224 = 0x21,
    DUO_TLV_ECDSA_SIG = 0x22,
    DUO_TLV_RSA3072 = 0x23,
    DUO_TLV_ED25519 = 0x24,
    DUO_TLV_SIG_PURE = 0x25,
    DUO_TLV_ENC_RSA2048 = 0x30,
    DUO_TLV_ENC_KW = 0x31,
    DUO_TLV_ENC_EC256 = 0x32,
    DUO_TLV_ENC_X25519 = 0x33,
    DUO_TLV_ENC_X25519_SHA512 = 0x34,
    DUO_TLV_DEPENDENCY = 0x40,
    DUO_TLV_SECURITY_COUNTER = 0x50,
    DUO_TLV_BOOT_RECORD = 0x60,
    DUO_TLV_DECOMP_SIZE = 0x70,
    DUO_TLV_DECOMP_SHA = 0x71,
    DUO_TLV_DECOMP_SIGNATURE = 0x72,
    DUO_TLV_COMP_DEC_SIZE = 0x73,
    DUO_TLV_UUID_VID = 0x74,
    DUO_TLV_UUID_CID = 0x75,
    DUO_TLV_TARGET = 0x4DA0, /* Ours, in the vendor range; protected. */
};

#define DUO_TLV_DEPENDENCY_BYTES 12U
#define DUO_TLV_TARGET_BYTES     4U
#define DUO_TLV_TARGET_VERSION   1U

/* A DER-encoded ECDSA signature of P-256: two integers of 1 to 33 bytes. */
#define DUO_P256_SIGNATURE_BYTES_MIN 8U
#define DUO_P256_SIGNATURE_BYTES_MAX 72U

#endif
