// SPDX-License-Identifier: MIT
#include "report/machine.h"

#include <curl/curl.h>

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

// The first CPU's name, as /proc/cpuinfo has it on x86; otherwise the architecture.
static void find_cpu(const struct utsname *system, char *name, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");
    snprintf(name, size, "%s", system->machine);
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL) {
            const char *value = strchr(line, ':') + 1;
            value += strspn(value, " \t");
            snprintf(name, size, "%.*s", (int)strcspn(value, "\n"), value);
            break;
        }
    fclose(file);
}

json_t *machine_of(void)
{
    struct utsname system;
    char cpu[256], name[sizeof system.sysname + sizeof system.release + sizeof system.machine];
    char libraries[512];
    if (uname(&system) != 0)
        return json_object();
    find_cpu(&system, cpu, sizeof cpu);
    snprintf(name, sizeof name, "%s %s %s", system.sysname, system.release, system.machine);
    snprintf(libraries, sizeof libraries, "%s libuv/%s", curl_version(), uv_version_string());
    const json_int_t memory = (json_int_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    return json_pack("{s:s, s:s, s:I, s:I, s:s}", "system", name, "cpu", cpu, "cpus",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "memory_bytes", memory, "libraries",
                     libraries);
}
