/* SPDX-License-Identifier: MIT */
/* See ed25519.h. */
#include "crypto/ed25519.h"

#include "crypto/sha512.h"

/* SHA-512(R, A, msg), 512 bits little endian, mod L. */
static void hash_to_scalar(struct duo_num *scalar, const uint8_t *r_bytes,
                           const uint8_t *pub, struct duo_bytes msg)
{
    const struct duo_modulus *order = &duo_ed25519_order;
    const struct duo_bytes parts[] = {
        {r_bytes, DUO_NUM_BYTES},
        {pub,     DUO_NUM_BYTES},
        msg
    };
    uint8_t digest[DUO_SHA512_BYTES];
    duo_sha512_joined(digest, parts, sizeof(parts) / sizeof(parts[0]));

    /* low + high * 2^256: entering the Montgomery form is that product. */
    struct duo_num low = duo_num_load_le(digest);
    struct duo_num high = duo_num_load_le(digest + DUO_NUM_BYTES);
    duo_mod_enter(&low, &low, order);
    duo_mod_leave(&low, &low, order);
    duo_mod_enter(&high, &high, order);
    duo_mod_add(scalar, &low, &high, order);
}

/* S B = R + h A, as S B - h A = R. */
enum duo_err duo_ed25519_verify(const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                struct duo_bytes msg,
                                struct duo_bytes signature)
{
    if (signature.len_bytes != DUO_ED25519_SIGNATURE_BYTES) {
        return DUO_ERR_REFUSED;
    }
    struct duo_joint joint;
    joint.generator_scalar = duo_num_load_le(signature.data + DUO_NUM_BYTES);
    if (!duo_num_less(&joint.generator_scalar, &duo_ed25519_order.m) ||
        !duo_ed25519_load_key(&joint.point, pub)) {
        return DUO_ERR_REFUSED;
    }
    hash_to_scalar(&joint.point_scalar, signature.data, pub, msg);
    struct duo_affine sum;
    duo_point_joint_multiply(&sum, &joint, &duo_curve_ed25519);

    /* Comparing with the encoding refuses every R that is not canonical. */
    struct duo_ed25519_encoding r = duo_ed25519_split(signature.data);
    bool same =
        duo_num_equal(&sum.y, &r.y) && (sum.x.limb[0] & 1U) == r.x_is_odd;
    return same ? DUO_OK : DUO_ERR_REFUSED;
}
