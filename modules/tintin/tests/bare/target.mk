# SPDX-License-Identifier: Apache-2.0
# How a program and the engine are compiled for one target; engine.mk is included before.
# A Makefile that includes this has TARGET, BUILD and a list OWN of objects besides; its rule links
# $(OWN) $(BUILD)/libtintin.a. What starts and feeds a program lies in bare/ (platform.h).

BARE     := $(TINTIN)/tests/bare
TARGET   ?= m3
TRAINING ?= 1
OPTIMIZE ?= -O2

# Per target: processor, code flash (size), RAM (size), where the record is loaded (room),
# most bytes of arena and of a sample. Machines: bare.py.
m0_CPU   := -mcpu=cortex-m0
m0_MAP   := 0x0 0x20000 0x20000000 0x4000 0x20000 0x20000 12288 1056
m0-mps2_CPU = $(m0_CPU)
m0-mps2_MAP = $(m3_MAP)
m3_CPU   := -mcpu=cortex-m3
m3_MAP   := 0x0 0x100000 0x20000000 0x400000 0x200000 0x200000 2097152 65544
m4_CPU   := -mcpu=cortex-m4 -mfloat-abi=soft
m4_MAP   := $(m3_MAP)
m4f_CPU  := -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
m4f_MAP  := $(m3_MAP)
m55_CPU  := -mcpu=cortex-m55 -mfloat-abi=hard
m55_MAP  := 0x0 0x80000 0x20000000 0x80000 0x1000000 0x200000 393216 65544
host_MAP := 0 0 0 0 0 0 16777216 65544

field = $(word $(1),$($(TARGET)_MAP))

CFLAGS := $(WARNINGS) $(OPTIMIZE) -g -ffunction-sections -fdata-sections \
	-DTINTIN_TRAINING=$(TRAINING) -I$(TINTIN)/include \
	-I$(BARE) -DRUNNER_ARENA=$(call field,7) -DRUNNER_SAMPLE=$(call field,8)

ifeq ($(TARGET),host)
CC       := cc
AR       := ar
PLATFORM := platform_host.c
LDFLAGS  := -Wl,--gc-sections
else
CC       := arm-none-eabi-gcc
AR       := arm-none-eabi-ar
PLATFORM := platform_cortex_m.c boot.c
CFLAGS   += $($(TARGET)_CPU) -mthumb --specs=picolibc.specs -ffreestanding \
	-DRUNNER_RECORD=$(call field,5) -DRUNNER_RECORD_ROOM=$(call field,6)
LDFLAGS  := -nostartfiles -Wl,--gc-sections \
	-Wl,--defsym=__flash=$(call field,1) -Wl,--defsym=__flash_size=$(call field,2) \
	-Wl,--defsym=__ram=$(call field,3) -Wl,--defsym=__ram_size=$(call field,4) \
	-Wl,--defsym=__stack_size=1024
endif

OBJECTS := $(patsubst $(TINTIN)/src/%.c,$(BUILD)/engine/%.o,$(ENGINE_SOURCES))
OWN     := $(patsubst %.c,$(BUILD)/%.o,$(PLATFORM))
VPATH   := $(BARE)

$(BUILD)/libtintin.a: $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/engine/%.o: $(TINTIN)/src/%.c $(ENGINE_HEADERS) $(BARE)/target.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@

$(BUILD)/%.o: %.c $(wildcard *.h $(BARE)/*.h) $(ENGINE_HEADERS) Makefile $(BARE)/target.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@
