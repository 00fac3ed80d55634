// SPDX-License-Identifier: MIT
// page-around < DATA.json > PAGE.html: the program's report page with this data in it.
#include "report/page.h"

#include <stdio.h>

int main(void)
{
    int byte;
    fputs(report_page_head, stdout);
    while ((byte = getchar()) != EOF)
        putchar(byte);
    fputs(report_page_tail, stdout);
    return ferror(stdin) || fflush(stdout) != 0;
}
