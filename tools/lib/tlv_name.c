/* SPDX-License-Identifier: MIT */
/* Names of TLVs and flags, for people. */
#include "tlv_name.h"

#include <stddef.h>

#include "duo/image_format.h"

struct name {
    uint32_t number;
    const char *name;
};

static const struct name tlv_names[] = {
    {DUO_TLV_KEYHASH,           "KEYHASH"         },
    {DUO_TLV_PUBKEY,            "PUBKEY"          },
    {DUO_TLV_SHA256,            "SHA256"          },
    {DUO_TLV_SHA384,            "SHA384"          },
    {DUO_TLV_SHA512,            "SHA512"          },
    {DUO_TLV_RSA2048,           "RSA2048"         },
    {DUO_TLV_ECDSA224,          "ECDSA224"        },
    {DUO_TLV_ECDSA_SIG,         "ECDSASIG"        },
    {DUO_TLV_RSA3072,           "RSA3072"         },
    {DUO_TLV_ED25519,           "ED25519"         },
    {DUO_TLV_SIG_PURE,          "SIG_PURE"        },
    {DUO_TLV_ENC_RSA2048,       "ENCRSA2048"      },
    {DUO_TLV_ENC_KW,            "ENCKW"           },
    {DUO_TLV_ENC_EC256,         "ENCEC256"        },
    {DUO_TLV_ENC_X25519,        "ENCX25519"       },
    {DUO_TLV_ENC_X25519_SHA512, "ENCX25519_SHA512"},
    {DUO_TLV_DEPENDENCY,        "DEPENDENCY"      },
    {DUO_TLV_SECURITY_COUNTER,  "SEC_CNT"         },
    {DUO_TLV_BOOT_RECORD,       "BOOT_RECORD"     },
    {DUO_TLV_DECOMP_SIZE,       "DECOMP_SIZE"     },
    {DUO_TLV_DECOMP_SHA,        "DECOMP_SHA"      },
    {DUO_TLV_DECOMP_SIGNATURE,  "DECOMP_SIGNATURE"},
    {DUO_TLV_COMP_DEC_SIZE,     "COMP_DEC_SIZE"   },
    {DUO_TLV_UUID_VID,          "UUID_VID"        },
    {DUO_TLV_UUID_CID,          "UUID_CID"        },
    {DUO_TLV_TARGET,            "TARGET"          },
};

static const struct name flag_names[] = {
    {DUO_IMAGE_FLAG_PIC,              "PIC"                 },
    {DUO_IMAGE_FLAG_ENCRYPTED_AES128, "ENCRYPTED_AES128"    },
    {DUO_IMAGE_FLAG_ENCRYPTED_AES256, "ENCRYPTED_AES256"    },
    {DUO_IMAGE_FLAG_NON_BOOTABLE,     "NON_BOOTABLE"        },
    {DUO_IMAGE_FLAG_RAM_LOAD,         "RAM_LOAD"            },
    {DUO_IMAGE_FLAG_ROM_FIXED,        "ROM_FIXED"           },
    {DUO_IMAGE_FLAG_COMPRESSED_LZMA1, "COMPRESSED_LZMA1"    },
    {DUO_IMAGE_FLAG_COMPRESSED_LZMA2, "COMPRESSED_LZMA2"    },
    {DUO_IMAGE_FLAG_COMPRESSED_THUMB, "COMPRESSED_ARM_THUMB"},
};

static const char *find(const struct name *names, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    return "unknown";
}

const char *duo_tool_tlv_name(uint16_t type)
{
    return find(tlv_names, sizeof(tlv_names) / sizeof(tlv_names[0]), type);
}

const char *duo_tool_flag_name(uint32_t flag)
{
    return find(flag_names, sizeof(flag_names) / sizeof(flag_names[0]), flag);
}
