// SPDX-License-Identifier: MIT
#include "run/table.h"

#include "base/json_line.h"
#include "base/text.h"
#include "run/row.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
    enum list_format format;
    const char *url_column, *name_column;
    char *head; // the first row, which `names` point into
    struct field names[LIMIT_LIST_COLUMNS], fields[LIMIT_LIST_COLUMNS];
    size_t count, url, name; // columns, and which of them
};

#define NO_COLUMN SIZE_MAX

struct table *table_new(const struct list_columns *columns, enum list_format format)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->format = format;
    table->url_column = columns->url != NULL ? columns->url : "url";
    table->name_column = columns->name;
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    free(table->head);
    free(table);
}

enum list_format table_format(const struct table *table)
{
    return table->format;
}

// ---- the first row ----

bool table_has_head(const struct table *table)
{
    return table->format == LIST_JSONL || table->head != NULL;
}

static bool is_called(const struct field *field, const char *name)
{
    return field->length == strlen(name) && memcmp(field->text, name, field->length) == 0;
}

static bool no_column(const char *name, const char *first, size_t length, char *fault, size_t size)
{
    char shown[40], beside[40];
    snprintf(fault, size, "it has no column '%s'; its first row begins with '%s'",
             text_printable(name, shown, sizeof shown),
             text_printable_n(first, length, beside, sizeof beside));
    return false;
}

// Finds a column. False where it is not there once.
static bool find(const struct table *table, const char *name, size_t *column, char *fault,
                 size_t size)
{
    *column = NO_COLUMN;
    for (size_t i = 0; i < table->count; i++)
        if (is_called(&table->names[i], name))
            *column = i;
    return *column != NO_COLUMN ||
           no_column(name, table->names[0].text, table->names[0].length, fault, size);
}

static bool has_twins(const struct table *table, char *fault, size_t size)
{
    for (size_t i = 0; i < table->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct field *a = &table->names[i], *b = &table->names[j];
            if (a->length != b->length || memcmp(a->text, b->text, a->length) != 0)
                continue;
            char shown[40];
            snprintf(fault, size, "two of its columns are called '%s'",
                     text_printable_n(a->text, a->length, shown, sizeof shown));
            return true;
        }
    return false;
}

bool table_take_head(struct table *table, char *row, size_t length, char *fault, size_t size)
{
    const char *why;
    table->head = malloc(length + 1);
    if (table->head == NULL) {
        snprintf(fault, size, "no memory left for its first row");
        return false;
    }
    memcpy(table->head, row, length);
    table->count = row_split(table->format, table->head, length, table->names, &why);
    if (table->count == 0) {
        snprintf(fault, size,
                 "its first row, which has the names of the columns, cannot be read: %s", why);
        return false;
    }
    table->name = NO_COLUMN;
    return !has_twins(table, fault, size) &&
           find(table, table->url_column, &table->url, fault, size) &&
           (table->name_column == NULL ||
            find(table, table->name_column, &table->name, fault, size));
}

bool table_check_row(const struct table *table, const char *row, size_t length, char *fault,
                     size_t size)
{
    json_t *object = json_loadb(row, length, 0, NULL);
    const bool usable =
        !json_is_object(object) || json_object_get(object, table->url_column) != NULL;
    json_decref(object);
    return usable || no_column(table->url_column, row, length, fault, size);
}

// ---- the others ----

static void fail(struct list_entry *entry, const char *why)
{
    entry->status = EF_BAD_ROW;
    snprintf(entry->message, sizeof entry->message, "%s", why);
}

// The entry of a URL with the name and the columns that are beside it.
static void make_entry(const struct field *url, const struct field *name, char *columns,
                       struct list_entry *entry)
{
    if (columns == NULL || strlen(columns) > LIMIT_COLUMNS_BYTES) {
        char why[128];
        snprintf(why, sizeof why, "its other columns are more than %llu bytes of JSON",
                 LIMIT_COLUMNS_BYTES);
        fail(entry, columns == NULL ? "no memory left for its columns" : why);
        free(columns);
        return;
    }
    list_entry_make(entry, url->text, url->length, name->text, name->length);
    if (strcmp(columns, "{}") == 0) {
        free(columns);
        return;
    }
    entry->columns = columns;
}

static void entry_of_fields(struct table *table, char *row, size_t length, struct list_entry *entry)
{
    const char *why;
    const size_t count = row_split(table->format, row, length, table->fields, &why);
    if (count != table->count) {
        char message[128];
        snprintf(message, sizeof message, "it has %zu fields, and the first row has %zu", count,
                 table->count);
        fail(entry, count == 0 ? why : message);
        return;
    }
    struct json_line line = {0};
    json_line_object(&line, NULL);
    for (size_t i = 0; i < count; i++)
        if (i != table->url && i != table->name)
            json_line_foreign(&line, table->names[i].text, table->names[i].length,
                              table->fields[i].text, table->fields[i].length);
    json_line_object_end(&line);
    char *columns = json_line_finish(&line);
    if (columns != NULL)
        columns[strlen(columns) - 1] = '\0'; // the newline
    static const struct field none = {0};
    make_entry(&table->fields[table->url],
               table->name != NO_COLUMN ? &table->fields[table->name] : &none, columns, entry);
}

// Takes the text of a member; false when it has another type. Without the member it is empty.
static bool take_text(json_t *object, const char *key, struct field *field)
{
    json_t *value = json_object_get(object, key);
    *field = (struct field){(char *)json_string_value(value), json_string_length(value)};
    return value == NULL || json_is_null(value) || field->text != NULL;
}

static void entry_of_object(const struct table *table, json_t *object, struct list_entry *entry)
{
    struct field url, name = {0};
    if (!take_text(object, table->url_column, &url) || url.text == NULL) {
        fail(entry, "it has no text in the column of the URL");
        return;
    }
    if (table->name_column != NULL && !take_text(object, table->name_column, &name)) {
        fail(entry, "the name is no text");
        return;
    }
    json_t *others = json_copy(object);
    json_object_del(others, table->url_column);
    if (table->name_column != NULL)
        json_object_del(others, table->name_column);
    char *columns = json_dumps(others, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(others);
    make_entry(&url, &name, columns, entry);
}

void table_entry(struct table *table, char *row, size_t length, struct list_entry *entry)
{
    *entry = (struct list_entry){.status = EF_OK};
    if (table->format != LIST_JSONL) {
        entry_of_fields(table, row, length, entry);
        return;
    }
    json_error_t error;
    json_t *object = json_loadb(row, length, 0, &error);
    if (json_is_object(object)) {
        entry_of_object(table, object, entry);
    } else {
        char shown[96];
        fail(entry, object != NULL ? "it is not a JSON object"
                                   : text_printable(error.text, shown, sizeof shown));
    }
    json_decref(object);
}
