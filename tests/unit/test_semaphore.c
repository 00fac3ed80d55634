// SPDX-License-Identifier: MIT
// The counting semaphore.
#include "support.h"

#include "run/semaphore.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

// Goal: takes up to the limit, all or nothing, and remembers the most.
TEST(takes_up_to_its_limit)
{
    struct semaphore semaphore = {.limit = 3};
    assert_true(semaphore_try_acquire(&semaphore, 2));
    assert_false(semaphore_try_acquire(&semaphore, 2));
    assert_int_equal(semaphore.held, 2);
    assert_true(semaphore_try_acquire(&semaphore, 1));
    assert_false(semaphore_try_acquire(&semaphore, 1));
    assert_true(semaphore_try_acquire(&semaphore, 0));
    semaphore_release(&semaphore, 3);
    assert_int_equal(semaphore.held, 0);
    assert_int_equal(semaphore.peak, 3);
    assert_true(semaphore_try_acquire(&semaphore, 1));
    assert_int_equal(semaphore.peak, 3);
}

// Goal: amounts near the top of 64 bits do not wrap around.
TEST(huge_amounts)
{
    struct semaphore semaphore = {.limit = UINT64_MAX};
    assert_true(semaphore_try_acquire(&semaphore, UINT64_MAX - 1));
    assert_false(semaphore_try_acquire(&semaphore, 2));
    assert_false(semaphore_try_acquire(&semaphore, UINT64_MAX));
    assert_true(semaphore_try_acquire(&semaphore, 1));
    semaphore_release(&semaphore, UINT64_MAX);
    assert_int_equal(semaphore.held, 0);
}

static int release_too_much(void *context)
{
    struct semaphore *semaphore = context;
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    semaphore_release(semaphore, 2);
    return 0;
}

// Goal: giving back what is not held is a broken program and ends it.
TEST(release_too_much_aborts)
{
    struct semaphore semaphore = {.limit = 3, .held = 1};
    const int status = in_child(release_too_much, &semaphore);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_up_to_its_limit),
        cmocka_unit_test(huge_amounts),
        cmocka_unit_test(release_too_much_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
