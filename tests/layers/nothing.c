// SPDX-License-Identifier: MIT
// The program of the link tests: what matters is that it links.
int main(void)
{
    return 0;
}
