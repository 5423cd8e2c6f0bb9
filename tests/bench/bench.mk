# SPDX-License-Identifier: Apache-2.0
# `make bench` measures this build beside bare libcoap and prints aims and values; T=10 takes less
# time than the minute's half of the default.

$(BUILD)/tests/bench/bench: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)) $(foreach d,device secure model codec net base,$(call archive,$d))
	$(call quiet,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKGLIBS)
bench: all $(BUILD)/tests/bench/bench
	@BUILD=$(BUILD) T=$(T) tests/bench/bench.sh
.PHONY: bench
