/* SPDX-License-Identifier: Apache-2.0 */
/* Written by golden.py: the network of network.tt after learning from so many samples. */
#define GOLDEN_STEPS 200
#define GOLDEN_HITS  65
#define GOLDEN_CRC   0xa5d1d055u /* of the saved record, its last 4 bytes */
