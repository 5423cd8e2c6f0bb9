# SPDX-License-Identifier: Apache-2.0
# lwm2m-portfolio: `make demo` and `make check` set everything up by themselves.

CC       ?= cc
CFLAGS   ?= -O2 -g
BUILD    ?= build
COAP     ?= $(firstword $(foreach f,gnutls openssl notls,$(shell pkg-config --exists libcoap-3-$f 2>/dev/null && echo $f)) gnutls)
V        ?=

FOLDERS  := base codec model secure net device server scenario drivers report cli
# What a folder may use, taken from the one table that lint enforces.
uses      = $(shell awk -F: '$$1 == "$1" { print $$2 }' tests/lint/layers.txt)

WARN     := -std=c11 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wswitch-enum -Wcast-qual -Wpointer-arith -Wundef -Wvla -Wformat=2 -Wwrite-strings
LIBS     := libcoap-3-$(COAP) libcjson popt
INCLUDE  := -Icore -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
PKGFLAGS  = $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKGLIBS   = $(shell pkg-config --libs $(LIBS)) -lmbedcrypto -lm
ALLFLAGS  = $(WARN) $(INCLUDE) $(PKGFLAGS) $(CFLAGS) -MMD -MP
quiet     = $(if $V,,@echo "  $1 $@";)

folder_dir = $(if $(filter cli,$1),cli,core/$1)
sources    = $(wildcard $(call folder_dir,$1)/*.c)
objects    = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$1))
archive    = $(BUILD)/lib$1.a

all: $(BUILD)/lwm2m-portfolio

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(ALLFLAGS) -c -o $@ $<

define folder_rule
$(call archive,$1): $(call objects,$1)
	@rm -f $$@
	$$(call quiet,AR)$$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rule,$f)))

$(BUILD)/lwm2m-portfolio: $(foreach f,$(FOLDERS),$(call archive,$f))
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(PKGLIBS)

# Unit tests: one program per module, linked with its folder and what that folder may use only.
CHECKLIBS  = $(shell pkg-config --libs check)
FAKES     := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fake/*.c))
$(BUILD)/libfake.a: $(FAKES)
	@rm -f $@
	$(call quiet,AR)$(AR) rcs $@ $^

unit_tests = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/$1/test_*.c))
define unit_rule
$(BUILD)/tests/unit/$1/%: $(BUILD)/tests/unit/$1/%.o $(BUILD)/libfake.a $(foreach d,$1 $(call uses,$1),$(call archive,$d))
	$$(call quiet,LD)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(CHECKLIBS) $$(PKGLIBS)
unit-$1: $(call unit_tests,$1)
	@set -e; for t in $$^; do $$$$t; done
.PHONY: unit-$1
endef
$(foreach f,$(FOLDERS),$(eval $(call unit_rule,$f)))
unit: $(foreach f,$(FOLDERS),unit-$f)

clean:
	rm -rf build

.PHONY: all unit clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
