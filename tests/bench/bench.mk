# SPDX-License-Identifier: Apache-2.0
# `make bench` measures this build beside bare libcoap and prints aims and values, in half a minute;
# T=10 makes the comparisons six times shorter.

$(BUILD)/tests/bench/bench: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)) $(foreach d,device secure model codec net base,$(call archive,$d))
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKGLIBS)
bench: all $(BUILD)/tests/bench/bench
	@BUILD=$(BUILD) T=$(T) tests/bench/bench.sh
.PHONY: bench
