// SPDX-License-Identifier: MIT
// Links from a page to the files of a directory.
#include "support.h"

#include "report/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/edgefetch-links-XXXXXX";

static int enter(UNUSED void **state)
{
    return mkdtemp(root) != NULL && chdir(root) == 0 && mkdir("data", 0700) == 0 &&
                   mkdir("data/below", 0700) == 0 && mkdir("datas", 0700) == 0 &&
                   mkdir("a b%<", 0700) == 0
               ? 0
               : -1;
}

static int leave(UNUSED void **state)
{
    return rmdir("a b%<") == 0 && rmdir("datas") == 0 && rmdir("data/below") == 0 &&
                   rmdir("data") == 0 && chdir("/") == 0 && rmdir(root) == 0
               ? 0
               : -1;
}

static void assert_base(const char *page, const char *directory, const char *expected)
{
    char *base = links_base(page, directory);
    assert_non_null(base);
    assert_string_equal(base, expected);
    free(base);
}

// Goal: a relative path from the page's folder to the directory.
TEST(places)
{
    assert_base("page.html", ".", "./");
    assert_base("data/page.html", "data", "./");
    assert_base("page.html", "data/", "./data/");
    assert_base("page.html", "data/below", "./data/below/");
    assert_base("data/page.html", "datas", "../datas/"); // not the same folder
    assert_base("data/below/page.html", ".", "../../");
    assert_base("./data/../data/below/page.html", "data/below/../../datas", "../../datas/");
}

// Goal: what means something in a URL is encoded.
TEST(encoding)
{
    assert_base("page.html", "a b%<", "./a%20b%25%3C/");
}

// Bad input: what is not there. Goal: no link.
TEST(nothing)
{
    assert_null(links_base("page.html", "nowhere"));
    assert_null(links_base("nowhere/page.html", "data"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(encoding),
                                       cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, enter, leave);
}
