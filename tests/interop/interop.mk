# SPDX-License-Identifier: Apache-2.0
# `make interop-aiocoap` puts device and server before aiocoap, which it takes from PyPI into a virtual
# environment below build.

AIOCOAP := $(BUILD)/interop/aiocoap
$(AIOCOAP)/ready: tests/interop/interop.mk
	rm -rf $(AIOCOAP)
	python3 -m venv $(AIOCOAP)
	$(AIOCOAP)/bin/pip install --quiet --disable-pip-version-check aiocoap==0.4.17
	@touch $@
interop-aiocoap:
	@.ci/setup interop
	@$(MAKE) --no-print-directory -j2 all $(AIOCOAP)/ready
	@BIN=$(BUILD)/lwm2m-portfolio tests/interop/aiocoap.sh $(abspath $(AIOCOAP))/bin/python
.PHONY: interop-aiocoap
