/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/error.h>

const char *tintin_reason(int error)
{
	switch (-error) {
	case 0:
		return "no error";
	case EINVAL:
		return "wrong argument: misaligned memory, bad options or a sample of the wrong length";
	case EDOM:
		return "the label is not below the number of classes";
	case EPERM:
		return "the network was opened for prediction only";
	case EBUSY:
		return "a learning step or mini-batch is unfinished";
	case ENOMEM:
		return "the arena is too small";
	case ENOEXEC:
		return "not a Tin-Tin record";
	case ENOTSUP:
		return "a newer record format, or a layer kind that this build lacks";
	case EBADMSG:
		return "the record is damaged: truncated, or its CRC does not match";
	case EPROTO:
		return "the record contradicts itself";
	case ERANGE:
		return "the network breaks an overflow bound";
	case ESTALE:
		return "a record of another network, or of other inputs or classes";
	case ENOENT:
		return "nothing has been saved";
	case ENOSPC:
		return "the record does not fit the flash slot";
	case EIO:
		return "the flash failed";
	default:
		return "unknown error";
	}
}
