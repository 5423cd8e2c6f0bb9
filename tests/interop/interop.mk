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

# `make interop-leshan` puts device and server before Eclipse Leshan, whose libraries Maven fetches; what
# makes of them a server, a bootstrap server and a client is in tests/interop/leshan.
LESHAN := $(BUILD)/interop/leshan
$(LESHAN)/ready: tests/interop/leshan/pom.xml $(wildcard tests/interop/leshan/*.java)
	rm -rf $(LESHAN)
	mkdir -p $(LESHAN)/classes
	mvn -q -B -f tests/interop/leshan/pom.xml dependency:copy-dependencies -DoutputDirectory=$(abspath $(LESHAN))/jars
	javac -Xlint:all -Werror -cp "$(LESHAN)/jars/*" -d $(LESHAN)/classes tests/interop/leshan/*.java
	@touch $@
interop-leshan:
	@.ci/setup leshan
	@$(MAKE) --no-print-directory -j2 all $(LESHAN)/ready
	@BIN=$(BUILD)/lwm2m-portfolio tests/interop/leshan.sh $(abspath $(LESHAN))
interop: interop-aiocoap interop-leshan
.PHONY: interop-leshan interop
