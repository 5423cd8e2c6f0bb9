# SPDX-License-Identifier: Apache-2.0
# `make fuzz-replay` feeds each corpus to its target under ASan and UBSan, with any compiler.
# `make fuzz T=60` lets clang's libFuzzer search for T seconds, shared out among the targets.
# A target is tests/fuzz/fuzz_NAME.c with tests/fuzz/corpus/NAME/; a comment in its first lines,
# `links: codec base`, names the archives that it is linked with.

T          ?= 60
FUZZERS    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_MAIN   = $(BUILD)/tests/fuzz/replay.o
FUZZ_LINK   =
FUZZ_EACH   = $$(( ($T + $(words $(FUZZERS)) - 1) / $(words $(FUZZERS)) ))
fuzz_links  = $(shell sed -n '1,9s|^/\* links: \(.*\) \*/$$|\1|p' tests/fuzz/fuzz_$1.c)
fuzz_bin    = $(BUILD)/tests/fuzz/fuzz_$1

define fuzz_rule
$(call fuzz_bin,$1): $(BUILD)/tests/fuzz/fuzz_$1.o $(FUZZ_MAIN) $(foreach d,$(call fuzz_links,$1),$(call archive,$d))
	$$(call quiet,LD)$$(CC) $$(CFLAGS) $$(LDFLAGS) $$(FUZZ_LINK) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(PKGLIBS)
replay-$1: $(call fuzz_bin,$1)
	@$$< tests/fuzz/corpus/$1
search-$1: $(call fuzz_bin,$1)
	@mkdir -p $(BUILD)/corpus/$1 $(BUILD)/artifacts
	$$< -max_total_time=$$(FUZZ_EACH) -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/artifacts/$1- $(BUILD)/corpus/$1 tests/fuzz/corpus/$1
.PHONY: replay-$1 search-$1
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rule,$f)))

fuzz-replay:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS="$(FUZZ_FLAGS)" $(FUZZERS:%=replay-%)
fuzz:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang CFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link" \
	    FUZZ_MAIN= FUZZ_LINK=-fsanitize=fuzzer $(FUZZERS:%=search-%)
.PHONY: fuzz-replay fuzz
