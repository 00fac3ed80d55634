# SPDX-License-Identifier: MIT
# Sourced by ./test: its stages. Each fails with what it saw, or leaves everything as it was.

python=/usr/bin/python3 # the distribution's: it is the one that has the distribution's modules
[ -x "$python" ] || python=python3

# Four at a time: most of them wait, for servers that are slow on purpose.
end_to_end() {
    end_to_end_of tests/e2e "$@"
}

# end_to_end_of FILE... OPTION...: reading all files costs each of the four several seconds.
end_to_end_of() {
    "$python" -B -m pytest -q -n 4 -p no:cacheprovider "$@"
}

# files NAME...: these test files.
files() {
    printf 'tests/e2e/test_%s.py\n' "$@"
}

# The program and the tests keep to the house's rules.
stage_lint() {
    scripts/lint.sh
}

# Of test_faults.py: what is not in the mixed list.
timed_faults="(test_faults_together or test_name_service)"

# Whether everything is tested, however long that takes.
full() {
    [ "${EDGEFETCH_FULL-}" = 1 ]
}

# What users get.
stage_release() {
    build release
    ctest --preset release
    end_to_end
}

# The report's page, in a real browser: whether it loads, and tells of a real run what that was.
stage_browser() {
    build release
    set -- tests/browser/load.test.mjs tests/browser/real.test.mjs
    ! full || set -- tests/browser/*.test.mjs
    in_browser "$@"
}

# in_browser ARGUMENT...: node's, for its tests.
in_browser() {
    node_modules browser
    node --test --test-concurrency="$(nproc)" --test-reporter=spec "$@"
}

# Not one warning from Clang, about the program or, where all is tested, the tests.
stage_warnings() {
    build release
    "$python" -B scripts/syntax.py build/release "$(full || echo src/)" clang -Werror
    echo "Clang: no warnings" # GCC's are errors in the presets minimal, asan and tsan
}

# Without any optional package: what packages make a difference to. Tests of what is missing skip, and say so.
stage_minimal() {
    build minimal edgefetch test_container test_decode test_decoders test_encoders test_list test_process test_sandbox \
        fuzz_decode fuzz_encode fuzz_list
    ctest --preset minimal -R '^(unit_(container|decode|decoders|encoders|list|process|sandbox)|fuzz_(decode|encode|list))$'
    # shellcheck disable=SC2046 # files are words, here and below
    EDGEFETCH=build/minimal/edgefetch end_to_end_of $(files built formats packed_lists)
}

# Arm64: built without a warning; what asks no more of a kernel than QEMU gives passes, the NEON kernels among it. Not
# part of ./test: it takes minutes, most of them for the download of packages, once.
stage_arm64() {
    install_missing arm64
    arm64_root
    build arm64
    # QEMU has neither the fork server's clone() nor seccomp; samples take a minute each.
    ctest --preset arm64 -R '^(unit|fuzz)_' -E '^unit_(fdpass|forkserver|sandbox|pool|pool_codecs|origin)$'
}

# The libraries of packages.txt for Arm64, unpacked in a folder of their own: this machine's packages stay as they are.
arm64_root() {
    [ ! -d build/arm64-root ] || return 0
    libraries=$(packages_of build test | grep -E '^(lib|zlib).*-dev$' | grep -v clang | paste -sd ,)
    rm -rf build/arm64-root.new
    mkdir -p build/arm64-root.new
    quietly mmdebstrap --architectures=arm64 --variant=extract --include="$libraries" \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" build/arm64-root.tar
    tar -C build/arm64-root.new --exclude=./dev -xf build/arm64-root.tar
    rm build/arm64-root.tar
    mv build/arm64-root.new build/arm64-root
}

# Memory errors, leaks, undefined behaviour.
stage_asan() {
    build asan
    export ASAN_OPTIONS=detect_leaks=1:handle_segv=0:abort_on_error=1
    # Encoders read back what they wrote in fuzz_encode, too; the others are about speed and about data/samples.
    full || set -- -E '^(unit_encoders|bench_kernels_runs|samples_are_rendered_bit_for_bit)$'
    ctest --preset asan "$@"
    set -- faults
    ! full || set -- "$@" columns failures formats hostile hostile_servers library limits lists local manifest merge package \
        package_series packed_lists retry stage verify
    EDGEFETCH=build/asan/edgefetch EDGEFETCH_SLOW=1 end_to_end_of $(files "$@") \
        -k "not (test_faults.py or hostile) or test_mixed_list or (hostile and async)"
}

# Data races: the threads are libuv's, libcurl's and the origin's.
stage_tsan() {
    build tsan edgefetch edgefetch-worker example-run embedding-host test_origin test_lines test_list test_outputs
    export TSAN_OPTIONS=handle_segv=0
    ctest --preset tsan -R '^unit_(origin|lines|list|outputs)$'
    set -- faults library
    ! full || set -- "$@" demo failures interrupt modes package package_series progress
    EDGEFETCH=build/tsan/edgefetch EDGEFETCH_SLOW=1 end_to_end_of $(files "$@") \
        -k "not test_faults.py or ((test_mixed_list or $timed_faults) and threads)"
}

# What the sanitizers do not see: reads of memory that was never written. Of what users get; the preset debug shows lines.
stage_valgrind() {
    export JSIMD_FORCENONE=1 # libjpeg-turbo's vector code is more than valgrind can translate
    build release
    export -f under_valgrind quietly
    for_valgrind | xargs -P "$(nproc)" -L 1 bash -c 'under_valgrind "$@"' under_valgrind
    EDGEFETCH=tests/e2e/valgrind.sh EDGEFETCH_SLOW=1 end_to_end_of $(files demo faults) \
        -k "(test_mixed_list and async) or test_demo_again"
}

# The commands that valgrind is to watch, one a line.
for_valgrind() {
    for name in process decode container manifest list; do
        echo "build/release/tests/fuzz/fuzz_$name tests/fuzz/corpus/$name"
    done
    for program in build/release/tests/unit/test_*; do
        [ -f "$program" ] && [ -x "$program" ] || continue
        case $program in
        # valgrind refuses limits on descriptors and knows neither openat2 nor the pids behind it
        *_fdpass | *_forkserver | *_origin | *_pool | *_pool_codecs | *_sandbox | *_worker) continue ;;
        # arithmetic over every size, which takes minutes here; AddressSanitizer has seen it
        *_blur | *_canny | *_canny_rows | *_decoders | *_decoders_jpeg | *_detectors | *_encoders) continue ;;
        *_kernels | *_pipeline) continue ;;
        esac
        echo "$program"
    done
}

# under_valgrind PROGRAM ARGUMENT...
under_valgrind() {
    echo "valgrind $(basename "$1")"
    quietly valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$@"
}

# run_named NAME
run_named() {
    build release
    found=1
    if ctest --preset release -N -R "$1" | grep -q 'Test *#'; then
        ctest --preset release -R "$1"
        found=0
    fi
    if end_to_end -n 0 --collect-only -k "$1" >/dev/null 2>&1; then
        end_to_end -n 0 -k "$1" # one is done before four have begun
        found=0
    fi
    pages=$(grep -lE "^ *test\(.*$1" tests/browser/*.test.mjs || true)
    if [ -n "$pages" ]; then
        # shellcheck disable=SC2086
        in_browser --test-name-pattern="$1" $pages
        found=0
    fi
    [ $found -eq 0 ] || echo "no test is called '$1'" >&2
    return $found
}
