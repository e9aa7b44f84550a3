/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sensor channels by number, for devicetree: the values of enum sensor_channel of
 * <zephyr/drivers/sensor.h>, which devicetree cannot include. serial_sensor.c checks them.
 */
#ifndef ZEPHYR_INCLUDE_DT_BINDINGS_TINTIN_CHANNELS_H_
#define ZEPHYR_INCLUDE_DT_BINDINGS_TINTIN_CHANNELS_H_

#define TINTIN_CHAN_ACCEL_X      0
#define TINTIN_CHAN_ACCEL_Y      1
#define TINTIN_CHAN_ACCEL_Z      2
#define TINTIN_CHAN_GYRO_X       4
#define TINTIN_CHAN_GYRO_Y       5
#define TINTIN_CHAN_GYRO_Z       6
#define TINTIN_CHAN_MAGN_X       8
#define TINTIN_CHAN_MAGN_Y       9
#define TINTIN_CHAN_MAGN_Z       10
#define TINTIN_CHAN_DIE_TEMP     12
#define TINTIN_CHAN_AMBIENT_TEMP 13
#define TINTIN_CHAN_PRESS        14
#define TINTIN_CHAN_PROX         15
#define TINTIN_CHAN_HUMIDITY     16
#define TINTIN_CHAN_LIGHT        17
#define TINTIN_CHAN_GAS_RES      30
#define TINTIN_CHAN_VOLTAGE      31

#endif
