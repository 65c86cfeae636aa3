# SPDX-License-Identifier: GPL-3.0-or-later
# presence for Asterisk: presencectl and presenced.
#   make              build into build/
#   make demo         install what is needed, build, show the main job on a real Asterisk
#   make check        install what is needed, build, run every test
#   make install      DESTDIR= PREFIX=/usr/local
# V=1 shows the commands, DEVELOPER=1 makes warnings errors, SANITIZE=1 builds with ASan and UBSan.
# CC, CPPFLAGS, CFLAGS and LDFLAGS are the caller's, and stand behind what is here.

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

VERSION := 0.1.0
BUILD   ?= build
# One name for one folder: what an object was made of is kept under the name of the object.
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))
PREFIX  ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
BINDIR   = $(PREFIX)/bin
SBINDIR  = $(PREFIX)/sbin
MANDIR   = $(PREFIX)/share/man
DATADIR  = $(PREFIX)/share/presence
DOCDIR   = $(PREFIX)/share/doc/presence
BASHDIR  = $(PREFIX)/share/bash-completion/completions
# Debian's zsh looks into site-functions below /usr/local only.
ZSHDIR   = $(PREFIX)/share/zsh/$(if $(and $(filter /usr,$(PREFIX)),$(wildcard /etc/debian_version)),vendor-completions,site-functions)
FISHDIR  = $(PREFIX)/share/fish/vendor_completions.d

CC      ?= cc
ifeq ($(origin CC),default)
CC      := gcc
endif
ifdef COVERAGE
CFLAGS  ?= -O0 -g
endif
CFLAGS  ?= -O2 -g
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)';)

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
           -Wundef -Wpointer-arith -Wwrite-strings
HARDEN  := -fstack-protector-strong -fstack-clash-protection -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifdef SANITIZE
HARDEN  := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -fPIE
LDHARDEN := -pie -fsanitize=address,undefined -Wl,--as-needed
else ifdef COVERAGE
HARDEN  := --coverage -fPIE
LDHARDEN := -pie --coverage -Wl,--as-needed
else
# A level of _FORTIFY_SOURCE that the caller or the compiler has chosen stays. It needs optimized code.
MACROS  := $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>&1)
ifeq ($(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS) $(MACROS)),)
HARDEN  += $(if $(findstring __OPTIMIZE__,$(MACROS)),-D_FORTIFY_SOURCE=2)
endif
endif
CODE_FLAGS = -std=gnu11 -D_GNU_SOURCE $(HARDEN) $(CPPFLAGS) $(CFLAGS)
ALL_CFLAGS = -I. -I$(BUILD)/gen $(WARN) $(CODE_FLAGS) $(if $(DEVELOPER),-Werror) -MMD -MP

BINDING_LIBS := -lconfig -lsqlite3
DAEMON_LIBS  := -lsystemd

obj      = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
# The floors of lib, from the top down: a folder knows only those below it, which are to the right of it.
FLOORS      := sync follow store binding sip pbx calls presence calendar time base
LIB_SRC     := $(sort $(wildcard $(FLOORS:%=lib/%/*.c)))
CTL_SRC     := $(sort $(wildcard cmd/presencectl/*.c))
DAEMON_SRC  := $(sort $(wildcard cmd/presenced/*.c))
UNIT_SRC    := $(sort $(wildcard tests/unit/test-*.c))
UNIT_BIN    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
# What the tests of the link share: a PBX in memory, presenced around it, and what can be true of a user.
LINK_RIG    := $(patsubst %,$(BUILD)/obj/tests/unit/%.o,belief link-rig fake-pbx)

PROGRAMS := $(BUILD)/presencectl $(BUILD)/presenced
LIBS     := $(FLOORS:%=$(BUILD)/lib%.a)
MAN      := $(patsubst man/%.scd,$(BUILD)/man/%,$(sort $(wildcard man/*.scd)))

.PHONY: all
all: $(PROGRAMS)

# What things are made with: a file a value. It is written when the value has changed, and so what depends on it is made again.
with-objects    = $(CC) $(CODE_FLAGS)
with-programs   = $(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS)
with-VERSION    = $(VERSION)
with-SYSCONFDIR = $(SYSCONFDIR)
with-BINDIR     = $(BINDIR)
with-DATADIR    = $(DATADIR)
define with # name
$(BUILD)/with/$(1): $(if $(findstring |$(with-$(1))|,|$(file <$(BUILD)/with/$(1))|),,always)
endef
$(foreach v,objects programs VERSION SYSCONFDIR BINDIR DATADIR,$(eval $(call with,$(v))))
.PHONY: always
$(BUILD)/with/%:
	@mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$(with-$*))' > $@

define link # libraries
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(1)
endef

$(BUILD)/presencectl: $(call obj,$(CTL_SRC)) $(LIBS) $(BUILD)/with/programs
	$(call link,$(BINDING_LIBS))

$(BUILD)/presenced: $(call obj,$(DAEMON_SRC)) $(LIBS) $(BUILD)/with/programs
	$(call link,$(BINDING_LIBS) $(DAEMON_LIBS))

define floor
$(BUILD)/lib$(1).a: $(call obj,$(filter lib/$(1)/%,$(LIB_SRC)))
endef
$(foreach f,$(FLOORS),$(eval $(call floor,$(f))))
$(BUILD)/lib%.a:
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/with/objects
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Values that the programs hold, each defined only for the files that name it.
VERSION_SRC    := cmd/presencectl/cmd-fetch.c cmd/presencectl/cmd-meta.c cmd/presencectl/main.c cmd/presenced/main.c lib/binding/fetch.c
SYSCONFDIR_SRC := lib/binding/conf.c
BINDIR_SRC     := cmd/presenced/feeds.c
DATADIR_SRC    := lib/binding/conf.c
define holds # name
$(call obj,$($(1)_SRC)): ALL_CFLAGS += -D$(1)='"$$($(1))"'
$(call obj,$($(1)_SRC)): $(BUILD)/with/$(1)
endef
$(foreach v,VERSION SYSCONFDIR BINDIR DATADIR,$(eval $(call holds,$(v))))

# libical is only loaded when a calendar is read: its headers are needed, its library is not linked.
$(BUILD)/obj/lib/binding/ics%.o: ALL_CFLAGS += $(shell pkg-config --cflags libical)

# The schema is SQL, kept as such, and compiled in as a string.
$(BUILD)/obj/lib/store/store.o: $(BUILD)/gen/schema.h
$(BUILD)/gen/schema.h: $(sort $(wildcard lib/store/schema-*.sql))
	@mkdir -p $(@D)
	$(call say,GEN,$@)for f in $^; do \
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $$f && echo ,; done > $@

# Unit tests: one program a file, TAP on standard output.
.PHONY: unit-programs
unit-programs: $(UNIT_BIN)
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(LIBS) $(BUILD)/with/programs
	$(call link,$(BINDING_LIBS) $(TEST_LIBS) -lcmocka)
# It plays the other side of TLS.
$(BUILD)/tests/test-conn: TEST_LIBS := -lssl -lcrypto
$(BUILD)/tests/test-link $(BUILD)/tests/test-link-sweep $(BUILD)/tests/test-link-random: $(LINK_RIG)

# Drivers of the tests that compare with another implementation.
ORACLE_SRC := $(sort $(wildcard tests/oracle/*.c))
ORACLE_BIN := $(patsubst tests/oracle/%.c,$(BUILD)/oracle/%,$(ORACLE_SRC))
.PHONY: oracle-programs
oracle-programs: $(ORACLE_BIN)
$(BUILD)/oracle/%: $(BUILD)/obj/tests/oracle/%.o $(LIBS) $(BUILD)/with/programs
	$(call link)

# Shims of the faults, for LD_PRELOAD: they stand alone, and see what the programs ask of the C library.
SHIM_SRC := $(sort $(wildcard tests/faults/*.c))
SHIMS    := $(patsubst tests/faults/%.c,$(BUILD)/faults/%.so,$(SHIM_SRC))
.PHONY: fault-shims
fault-shims: $(SHIMS)
$(BUILD)/faults/%.so: tests/faults/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(if $(DEVELOPER),-Werror) -O2 -g -fPIC -shared -o $@ $< -ldl -lpthread

-include $(patsubst %.o,%.d,$(call obj,$(LIB_SRC) $(CTL_SRC) \
	$(DAEMON_SRC) $(UNIT_SRC) $(LINK_RIG:$(BUILD)/obj/%.o=%.c) $(ORACLE_SRC) $(wildcard tests/bench/*.c)))

# Manual pages: prose in man/*.scd. A line @name@ stands for $(BUILD)/man/name.part, which the program prints
# from its tables. A tarball holds them as they come out, for machines without scdoc.
.PHONY: man
man: $(MAN)
ifeq ($(shell command -v scdoc 2>/dev/null),)
$(BUILD)/man/%: man/%
	@mkdir -p $(@D)
	$(call say,COPY,$@)cp $< $@
$(BUILD)/man/%: man/%.scd
	@echo 'scdoc is missing: it makes the manual pages. Only the tarball of a release holds them made.' >&2; exit 1
else
$(BUILD)/man/presencectl.1: $(patsubst %,$(BUILD)/man/%.part,options commands exit-status findings)
$(BUILD)/man/presenced.8: $(BUILD)/man/exit-status.part
$(BUILD)/man/presence.conf.5: $(BUILD)/man/settings.part
$(BUILD)/man/presence-calls.7: $(patsubst %,$(BUILD)/man/%.part,rules entries)
$(patsubst %,$(BUILD)/man/%.part,options commands exit-status findings settings rules entries): $(BUILD)/presencectl
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(abspath $<) _man $(basename $(@F)) > $@
$(BUILD)/man/%: man/%.scd $(BUILD)/with/VERSION
	@mkdir -p $(@D)
	$(call say,MAN,$@)awk -v dir=$(@D) ' \
		/^@[a-z-]+@$$/ { part = dir "/" substr($$0, 2, length - 2) ".part"; \
			while ((got = (getline line < part)) > 0) print line; \
			if (got < 0) exit 1; next } \
		{ gsub(/@VERSION@/, "$(VERSION)"); print }' $< > $@.scd
	$(Q)scdoc < $@.scd > $@
endif

# The Asterisks and the Debians of the tests stay: they take a minute each to fetch.
.PHONY: clean distclean
clean:
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name pbx ! -name distros -exec rm -rf {} +
distclean:
	rm -rf $(BUILD)

# Tests. They install what they need, then build and run.
.PHONY: check check-unit check-bats check-asan check-valgrind check-distros
check:
	tests/setup check
	+$(MAKE) --no-print-directory DEVELOPER=1 all man unit-programs oracle-programs fault-shims
	tests/run $(BUILD)

check-unit: unit-programs
	tests/run $(BUILD) unit

check-bats: all man oracle-programs fault-shims
	tests/run $(BUILD) bats

# A hundred thousand random stretches of the life of a link, in a minute: five times as many as check has.
.PHONY: check-link
check-link: $(BUILD)/tests/test-link-random
	LINK_LIVES=270 $<

# Five hundred random calls on each Asterisk, others each time: ten minutes. check has forty that are always the same.
CALLS      ?= 500
CALLS_SEED ?= $(shell date +%s)
.PHONY: check-calls
check-calls: seed := $(CALLS_SEED)
check-calls:
	tests/setup check
	+$(MAKE) --no-print-directory all
	status=0; for version in $${PBX_VERSIONS:-22 16}; do \
		tests/calls/random --version $$version --site $(abspath $(BUILD)/presencectl) --seed $(seed) \
			--calls $(CALLS) --out $(BUILD)/calls-$$version || status=1; \
	done; exit $$status

# Random faults on each Asterisk, others each time: a thousand rounds take half an hour. check has each quick kind once.
ROUNDS      ?= 1000
FAULTS_SEED ?= $(shell date +%s)
.PHONY: check-faults
check-faults: seed := $(FAULTS_SEED)
check-faults:
	tests/setup check
	+$(MAKE) --no-print-directory all fault-shims
	status=0; for version in $${PBX_VERSIONS:-22 16}; do \
		tests/faults/random --version $$version --build $(abspath $(BUILD)) --seed $(seed) --rounds $(ROUNDS) \
			--sites 2 --out $(BUILD)/faults-$$version || status=1; \
	done; exit $$status

# The same tests on programs with AddressSanitizer and UBSan.
check-asan: export SANITIZE = 1
check-asan: export LINK_LIVES = 10
check-asan: export ASAN_OPTIONS = detect_leaks=1:abort_on_error=0:exitcode=99:verify_asan_link_order=0
check-asan: export UBSAN_OPTIONS = print_stacktrace=1
check-asan:
	tests/setup check
	+$(MAKE) --no-print-directory DEVELOPER=1 BUILD=build/asan all man unit-programs oracle-programs fault-shims
	tests/run build/asan

# Six minutes: unit tests and both programs, with the newer Asterisk only.
check-valgrind: export TEST_WRAPPER = valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite
check-valgrind: export TEST_LIMIT_S = 1200
check-valgrind: export LINK_LIVES = 1
check-valgrind: export PBX_VERSIONS = 22
check-valgrind:
	tests/setup all
	+$(MAKE) --no-print-directory all man unit-programs oracle-programs fault-shims
	tests/run $(BUILD)

# Debian 12, 13 and sid, with gcc and clang: build, unit tests, installation. Ten minutes, as root.
check-distros:
	tests/setup demo
	tests/distros/run

# The main job on a disposable Asterisk.
.PHONY: demo
demo:
	tests/setup demo
	+$(MAKE) --no-print-directory all
	tests/demo $(BUILD)

# Installation. Files that name others' places are templates.
fill = sed -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@SBINDIR@|$(SBINDIR)|g'
.PHONY: install uninstall dist
install: all man
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(SBINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 $(MANDIR)/man8 \
		$(BASHDIR) $(ZSHDIR) $(FISHDIR) $(DOCDIR) $(DATADIR)/asterisk/manager.d $(DATADIR)/examples $(DATADIR)/holidays \
		$(UNITDIR) $(SYSUSERSDIR) $(TMPFILESDIR))
	install -m 755 $(BUILD)/presencectl $(DESTDIR)$(BINDIR)/
	install -m 755 $(BUILD)/presenced $(DESTDIR)$(SBINDIR)/
	install -m 644 $(BUILD)/man/presencectl.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 $(BUILD)/man/presence.conf.5 $(DESTDIR)$(MANDIR)/man5/
	install -m 644 $(BUILD)/man/presence-calls.7 $(BUILD)/man/presence-time.7 $(DESTDIR)$(MANDIR)/man7/
	install -m 644 $(BUILD)/man/presenced.8 $(DESTDIR)$(MANDIR)/man8/
	install -m 644 completions/presencectl.bash $(DESTDIR)$(BASHDIR)/presencectl
	install -m 644 completions/_presencectl $(DESTDIR)$(ZSHDIR)/
	install -m 644 completions/presencectl.fish $(DESTDIR)$(FISHDIR)/
	install -m 644 $(wildcard README.md ARCHITECTURE.md CONTRIBUTING.md NEWS.md COPYING) $(DESTDIR)$(DOCDIR)/
	install -m 644 share/presence.conf $(DESTDIR)$(DATADIR)/
	install -m 644 share/asterisk/presence.conf $(DESTDIR)$(DATADIR)/asterisk/
	install -m 644 share/asterisk/manager.d/presence.conf $(DESTDIR)$(DATADIR)/asterisk/manager.d/
	install -m 755 share/examples/office.sh share/examples/who.agi $(DESTDIR)$(DATADIR)/examples/
	install -m 644 share/examples/alice.ics $(DESTDIR)$(DATADIR)/examples/
	install -m 644 share/holidays/* $(DESTDIR)$(DATADIR)/holidays/
	for f in presenced.service presenced-once.service; do \
		$(fill) share/systemd/$$f.in > $(DESTDIR)$(UNITDIR)/$$f && chmod 644 $(DESTDIR)$(UNITDIR)/$$f; done
	install -m 644 share/systemd/presenced-once.timer $(DESTDIR)$(UNITDIR)/
	install -m 644 share/systemd/presence.sysusers $(DESTDIR)$(SYSUSERSDIR)/presence.conf
	install -m 644 share/systemd/presence.tmpfiles $(DESTDIR)$(TMPFILESDIR)/presence.conf

uninstall:
	rm -f $(addprefix $(DESTDIR),$(BINDIR)/presencectl $(SBINDIR)/presenced $(MANDIR)/man1/presencectl.1 \
		$(MANDIR)/man5/presence.conf.5 $(MANDIR)/man7/presence-calls.7 $(MANDIR)/man7/presence-time.7 $(MANDIR)/man8/presenced.8 $(BASHDIR)/presencectl $(ZSHDIR)/_presencectl \
		$(FISHDIR)/presencectl.fish $(UNITDIR)/presenced.service $(UNITDIR)/presenced-once.service \
		$(UNITDIR)/presenced-once.timer $(SYSUSERSDIR)/presence.conf $(TMPFILESDIR)/presence.conf)
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(DOCDIR)

dist: man
	git archive --prefix=presence-$(VERSION)/ -o $(BUILD)/presence-$(VERSION).tar HEAD
	cd $(BUILD) && tar -rf presence-$(VERSION).tar --transform 's|^man|presence-$(VERSION)/man|' \
		--owner=0 --group=0 $(MAN:$(BUILD)/%=%)
	gzip -nf $(BUILD)/presence-$(VERSION).tar

# Speed, each time against something real in the same run. BENCH="set push" runs only these.
.PHONY: bench
bench: all $(BUILD)/tests/bare-ami $(addprefix $(BUILD)/tests/bench-,expand opening spawn)
	tests/setup check
	tests/bench/run $(BUILD) $(BENCH)
$(BUILD)/tests/bare-ami: $(BUILD)/obj/tests/bench/bare-ami.o $(BUILD)/with/programs
	$(call link)

$(BUILD)/tests/bench-%: $(BUILD)/obj/tests/bench/%.o $(LIBS) $(BUILD)/with/programs
	$(call link,$(BINDING_LIBS) -lical)

# Checks of the source.
C_FILES := $(sort $(shell git ls-files '*.c' '*.h' 2>/dev/null))
NO_VALUES := -DVERSION='""' -DSYSCONFDIR='""' -DBINDIR='""' -DDATADIR='""'
# Each bad value in each column of the database, with sanitizers. An hour of a processor.
.PHONY: check-hostile
check-hostile: export SANITIZE = 1
check-hostile:
	+$(MAKE) --no-print-directory DEVELOPER=1 BUILD=build/asan all
	tests/lib/hostile-database.py build/asan --jobs $$(nproc)

.PHONY: analyze fuzz cover format check-format
analyze:
	tests/setup all
	+$(MAKE) --no-print-directory BUILD=build/analyze DEVELOPER=1 CFLAGS='-O2 -g -fanalyzer' all
	cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingInclude -I. $(NO_VALUES) lib cmd
	clang-tidy --quiet --warnings-as-errors='*' $(filter lib/%.c cmd/%.c,$(C_FILES)) -- -Ibuild/analyze/gen $(filter-out -MMD -MP,$(ALL_CFLAGS)) \
		$(NO_VALUES) -Wno-unknown-warning-option
	shellcheck -x tests/setup tests/run tests/demo tests/lib/root.bash tests/distros/root tests/distros/run \
		tests/distros/inside tests/pbx/root tests/pbx/start tests/pbx/stop tests/pbx/cli \
		tests/pbx/ami tests/pbx/instance.bash tests/lib/common.bash tests/lib/phones.bash .ci/run completions/presencectl.bash \
		share/examples/office.sh share/examples/who.agi

# libFuzzer on whatever takes bytes from outside: FUZZ_S seconds each.
FUZZ_S ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))
fuzz:
	tests/setup all
	+$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined' LDHARDEN='-pie -Wl,--as-needed' fuzz-programs
	for f in $(FUZZERS); do mkdir -p build/fuzz/corpus/$$f && \
		build/fuzz/$$f -max_total_time=$(FUZZ_S) -timeout=5 -rss_limit_mb=1024 -artifact_prefix=build/fuzz/ \
			build/fuzz/corpus/$$f tests/fuzz/$${f#fuzz-} || exit 1; done
.PHONY: fuzz-programs
fuzz-programs: $(addprefix $(BUILD)/,$(FUZZERS))
$(BUILD)/fuzz-completion: $(filter-out %/main.o,$(call obj,$(CTL_SRC)))
$(BUILD)/fuzz-%: $(BUILD)/obj/tests/fuzz/fuzz-%.o $(LIBS) $(BUILD)/with/programs
	$(call link,-fsanitize=fuzzer $(BINDING_LIBS) $(if $(filter %-completion,$@),$(CTL_LIBS)))

cover: export COVERAGE = 1
cover:
	tests/setup all
	+$(MAKE) --no-print-directory BUILD=build/cover all man unit-programs oracle-programs fault-shims
	tests/run build/cover || :
	cd build/cover && gcov -n -r $$(find obj/lib obj/cmd -name '*.gcda') 2>/dev/null | \
		awk '/^File/ { f = $$2 } /^Lines executed/ { split($$2, a, ":"); print a[2], $$4, f }' | sort -n

format:
	$(Q)clang-format -i $(C_FILES)

check-format:
	$(Q)clang-format --dry-run --Werror $(C_FILES)
