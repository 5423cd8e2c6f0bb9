# SPDX-License-Identifier: Apache-2.0
# lwm2m-portfolio: `make demo` and `make check` set everything up by themselves.

CC       ?= cc
CFLAGS   ?= -O2 -g
BUILD    ?= build
COAP     ?= $(firstword $(foreach f,gnutls openssl notls,$(shell pkg-config --exists libcoap-3-$f 2>/dev/null && echo $f)) gnutls)
V        ?=

FOLDERS  := base codec model secure net device server scenario drivers report cli adapters
# What drives other servers is a program of its own; it is built where libcurl is.
CURL     := $(shell pkg-config --exists libcurl 2>/dev/null && echo libcurl)
# What a folder may use, taken from the one table that lint enforces.
uses      = $(shell awk -F: '$$1 == "$1" { print $$2 }' tests/lint/layers.txt)

WARN     := -std=c11 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wswitch-enum -Wcast-qual -Wpointer-arith -Wundef -Wvla -Wformat=2 -Wwrite-strings
TLS      := $(filter gnutls openssl,$(COAP))
LIBS     := libcoap-3-$(COAP) $(TLS) libcjson libcbor popt
INCLUDE  := -Icore -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
PKGFLAGS  = $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKGLIBS   = $(shell pkg-config --libs $(LIBS)) -lmbedx509 -lmbedcrypto -lm
ALLFLAGS  = $(WARN) $(INCLUDE) $(PKGFLAGS) $(CFLAGS) -MMD -MP
quiet     = $(if $V,,@echo "  $1 $@";)

folder_dir = $(if $(filter cli adapters,$1),$1,core/$1)
# Of the files for TLS libraries only that of the chosen one.
other_tls  = $(filter-out %_$(COAP).c,$(wildcard core/net/coap_tls_*.c)) \
             core/net/tls_$(if $(filter gnutls,$(COAP)),none,gnutls).c
no_curl    = $(if $(CURL),,adapters/http.c adapters/leshan_adapter.c)
sources    = $(filter-out $(other_tls) $(no_curl),$(wildcard $(call folder_dir,$1)/*.c))
objects    = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$1))
archive    = $(BUILD)/lib$1.a

all: $(BUILD)/lwm2m-portfolio $(if $(CURL),$(BUILD)/lwm2m-portfolio-leshan)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(ALLFLAGS) -c -o $@ $<

define folder_rule
$(call archive,$1): $(call objects,$1)
	@rm -f $$@
	$$(call quiet,AR)$$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rule,$f)))

$(BUILD)/lwm2m-portfolio: $(foreach f,$(filter-out adapters,$(FOLDERS)),$(call archive,$f))
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(PKGLIBS)

$(BUILD)/lwm2m-portfolio-leshan: $(call archive,adapters) $(call archive,base)
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libcurl) -lm

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

include tests/fuzz/fuzz.mk
include tests/bench/bench.mk
include tests/interop/interop.mk

# What other implementations judge: base and secure alone.
$(BUILD)/tests/e2e/suite_probe: $(BUILD)/tests/e2e/suite_probe.o $(call archive,secure) $(call archive,base)
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKGLIBS)

# The relay alone, between programs.
$(BUILD)/tests/e2e/relay: $(BUILD)/tests/e2e/relay.o $(call archive,net) $(call archive,base)
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKGLIBS)

# --- the two commands of the README, and what they need -------------------------------------
demo:
	@.ci/setup build
	@$(MAKE) --no-print-directory -j2 all
	$(BUILD)/lwm2m-portfolio run -v portfolio/use-case-1
	$(BUILD)/lwm2m-portfolio run --virtual-time scenarios
	$(BUILD)/lwm2m-portfolio run scenarios/link

check:
	@.ci/setup check
	@$(MAKE) --no-print-directory -j2 all unit-programs man
	@BUILD=$(BUILD) tests/check.sh

unit-programs: $(foreach f,$(FOLDERS),$(call unit_tests,$f))

# The same scenarios and end-to-end tests with the sanitizers, and under valgrind.
SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
check-asan:
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/asan CFLAGS="$(SANITIZE)" all
	@BIN=$(BUILD)/asan/lwm2m-portfolio tests/e2e/all.sh
check-valgrind: all
	@BIN=$(BUILD)/lwm2m-portfolio tests/e2e/valgrind.sh

# The power to detect: each seeded defect is found by the rule that it breaks.
check-defects: all
	@BUILD=$(BUILD) tests/defects/run.sh

lint: all
	@BUILD=$(BUILD) tests/lint/lint.sh

# --- manual and installation ------------------------------------------------------------------
MANUALS := $(wildcard man/*.[157]) $(BUILD)/man/lwm2m-portfolio-rules.7
man: $(BUILD)/man/lwm2m-portfolio-rules.7
$(BUILD)/man/lwm2m-portfolio-rules.7: $(BUILD)/lwm2m-portfolio
	@mkdir -p $(@D)
	$(call quiet,MAN)$(BUILD)/lwm2m-portfolio list rules --man >$@.new && mv $@.new $@

PREFIX      ?= /usr/local
BINDIR      ?= $(PREFIX)/bin
DATADIR     ?= $(PREFIX)/share/lwm2m-portfolio
MANDIR      ?= $(PREFIX)/share/man
LIBEXECDIR  ?= $(PREFIX)/libexec/lwm2m-portfolio
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
INSTALL     ?= install
install: all man
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(BASHCOMPDIR)
	$(INSTALL) -m 755 $(BUILD)/lwm2m-portfolio $(DESTDIR)$(BINDIR)/lwm2m-portfolio
	$(if $(CURL),$(INSTALL) -D -m 755 $(BUILD)/lwm2m-portfolio-leshan $(DESTDIR)$(LIBEXECDIR)/lwm2m-portfolio-leshan)
	find profiles scenarios -type f | while read -r f; do $(INSTALL) -D -m 644 "$$f" "$(DESTDIR)$(DATADIR)/$$f"; done
	for m in $(MANUALS); do $(INSTALL) -D -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done
	$(BUILD)/lwm2m-portfolio completion bash >$(BUILD)/completion.bash
	$(INSTALL) -m 644 $(BUILD)/completion.bash $(DESTDIR)$(BASHCOMPDIR)/lwm2m-portfolio
uninstall:
	rm -f $(DESTDIR)$(BINDIR)/lwm2m-portfolio $(DESTDIR)$(BASHCOMPDIR)/lwm2m-portfolio
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(LIBEXECDIR)
	for m in $(MANUALS); do rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done

clean:
	rm -rf build

.PHONY: all unit unit-programs demo check check-asan check-valgrind check-defects lint man install uninstall clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
