/* SPDX-License-Identifier: Apache-2.0 */
#include "factory.h"

#include <zephyr/toolchain.h>

const uint8_t factory_record[] __aligned(4) = {
#include "model.inc"
};
const size_t factory_record_size = sizeof(factory_record);
