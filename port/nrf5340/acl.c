/* SPDX-License-Identifier: MIT */
/* Write protection on the network core; see acl.h. */
#include "acl.h"

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"

#define REGION 0U /* Only one is needed. */

bool duo_acl_protect(const struct duo_flash_range *range)
{
    *duo_reg(NRF_ACL_NET_BASE + ACL_ACL_ADDR(REGION)) = range->addr;
    *duo_reg(NRF_ACL_NET_BASE + ACL_ACL_SIZE(REGION)) = range->size_bytes;
    *duo_reg(NRF_ACL_NET_BASE + ACL_ACL_PERM(REGION)) = ACL_ACL_PERM_WRITE_Msk;
    duo_cpu_barrier();
    return *duo_reg(NRF_ACL_NET_BASE + ACL_ACL_ADDR(REGION)) == range->addr &&
           *duo_reg(NRF_ACL_NET_BASE + ACL_ACL_SIZE(REGION)) ==
               range->size_bytes &&
           (*duo_reg(NRF_ACL_NET_BASE + ACL_ACL_PERM(REGION)) &
            ACL_ACL_PERM_WRITE_Msk) != 0;
}
