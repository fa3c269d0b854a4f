/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/yaml/shape.h"

#include <stdlib.h>
#include <string.h>

/* A recipe: text, a list of texts, a list of maps or one map, and keys of the author's. */
struct step {
    struct yaml_value what, minutes;
};
struct recipe {
    struct yaml_value name, tools, steps, notes;
};

static const struct yaml_key step_keys[] = {
    {.name = "what", .forms = YAML_TEXT, .required = true, .offset = offsetof(struct step, what)},
    {.name = "minutes", .forms = YAML_TEXT, .offset = offsetof(struct step, minutes)},
};
static const struct yaml_shape step_shape = {"a step", step_keys, 2, sizeof(struct step), false};

static const struct yaml_key note_key = {.forms = YAML_TEXT | YAML_LIST};
static const struct yaml_shape notes_shape = {"the notes", &note_key, 1, 0, true};

static const struct yaml_key recipe_keys[] = {
    {.name = "name", .forms = YAML_TEXT, .required = true, .offset = offsetof(struct recipe, name)},
    {.name = "tools", .forms = YAML_TEXT | YAML_LIST, .offset = offsetof(struct recipe, tools)},
    {.name = "steps",
     .forms = YAML_LIST | YAML_MAP,
     .offset = offsetof(struct recipe, steps),
     .map = &step_shape,
     .list_of_maps = true},
    {.name = "notes",
     .forms = YAML_MAP,
     .offset = offsetof(struct recipe, notes),
     .map = &notes_shape},
};
static const struct yaml_shape recipe_shape = {"a recipe", recipe_keys, 4, sizeof(struct recipe),
                                               false};

struct loaded {
    struct errors errors;
    struct yaml_file *file;
    struct yaml_data *data;
    const struct recipe *recipe;
};

static struct loaded load(const char *text) {
    struct loaded loaded = {0};

    loaded.file = yaml_file_parse("a.yaml", text, strlen(text), &loaded.errors);
    if (loaded.file)
        loaded.data = yaml_shape_load(loaded.file, &recipe_shape, &loaded.errors);
    if (loaded.data)
        loaded.recipe = yaml_shape_root(loaded.data);
    return loaded;
}

static void unload(struct loaded *loaded) {
    yaml_shape_free(loaded->data);
    yaml_file_free(loaded->file);
    errors_clear(&loaded->errors);
}

static void test_every_form(void) {
    struct loaded loaded = load("name: tea\n"
                                "tools: [kettle, \"cup\"]\n"
                                "steps:\n"
                                "  - {what: boil, minutes: 3}\n"
                                "  - {what: pour}\n"
                                "notes:\n"
                                "  Assam: strong\n"
                                "  0x10: [a, b, c]\n");
    const struct recipe *recipe = loaded.recipe;

    CU_ASSERT_PTR_NOT_NULL(recipe);
    if (recipe) {
        char *const *tools = recipe->tools.items;
        const struct step *steps = recipe->steps.items;
        const struct yaml_value *notes = recipe->notes.items;

        CU_ASSERT_STRING_EQUAL(recipe->name.text, "tea");
        CU_ASSERT_PTR_NULL(recipe->tools.text);
        CU_ASSERT_EQUAL(recipe->tools.count, 2);
        CU_ASSERT_STRING_EQUAL(tools[1], "cup");
        CU_ASSERT_EQUAL(recipe->steps.count, 2);
        CU_ASSERT_STRING_EQUAL(steps[0].minutes.text, "3");
        CU_ASSERT_STRING_EQUAL(steps[1].what.text, "pour");
        CU_ASSERT_PTR_NULL(steps[1].minutes.text);
        CU_ASSERT_STRING_EQUAL(notes[0].text, "strong");
        CU_ASSERT_EQUAL(notes[1].count, 3);
        CU_ASSERT_STRING_EQUAL(((char *const *)notes[1].items)[2], "c");
    }
    unload(&loaded);
}

static void test_other_forms_of_the_same_keys(void) {
    struct loaded loaded = load("name: ''\ntools: kettle\nsteps: {what: boil}\nnotes: {}\n");
    const struct recipe *recipe = loaded.recipe;

    CU_ASSERT_PTR_NOT_NULL(recipe);
    if (recipe) {
        const struct step *step = recipe->steps.items;

        CU_ASSERT_STRING_EQUAL(recipe->name.text, "");
        CU_ASSERT_STRING_EQUAL(recipe->tools.text, "kettle");
        CU_ASSERT_STRING_EQUAL(step->what.text, "boil");
        CU_ASSERT_PTR_NULL(step->minutes.text);
    }
    unload(&loaded);
}

static void test_keys_left_out(void) {
    struct loaded loaded = load("name: tea\nsteps: []\n");

    CU_ASSERT_PTR_NOT_NULL(loaded.recipe);
    if (loaded.recipe) {
        CU_ASSERT_EQUAL(loaded.recipe->steps.count, 0);
        CU_ASSERT_PTR_NULL(loaded.recipe->tools.text);
        CU_ASSERT_PTR_NULL(loaded.recipe->notes.items);
    }
    unload(&loaded);
}

static void test_all_mistakes_at_once(void) {
    static const struct {
        unsigned line, column;
        const char *message;
    } expected[] = {
        {1, 1, "unknown key 'nam' in a recipe: did you mean 'name'?"},
        {2, 8, "tools has to be text, a number or a list, not a map"},
        {3, 10, "an item of steps has to be a map, not text"},
        {3, 16, "a step has no 'what': add it"},
        {4, 1, "unknown key 'price' in a recipe: there are name, tools, steps, notes"},
    };
    struct loaded loaded = load("nam: tea\n"
                                "tools: {kettle: 1}\n"
                                "steps: [ boil, {minutes: 3}]\n"
                                "price: 12\n");
    const size_t count = sizeof expected / sizeof expected[0];

    CU_ASSERT_PTR_NULL(loaded.data);
    CU_ASSERT_EQUAL(loaded.errors.count, count);
    for (size_t i = 0; i < loaded.errors.count && i < count; i++) {
        CU_ASSERT_EQUAL(loaded.errors.entries[i].line, expected[i].line);
        CU_ASSERT_EQUAL(loaded.errors.entries[i].column, expected[i].column);
        CU_ASSERT_STRING_EQUAL(loaded.errors.entries[i].message, expected[i].message);
    }
    unload(&loaded);
}

/* A key that is there twice is one mistake more, and the first of the two is what is meant: nothing
 * is lost that was right. */
static void test_a_repeated_key_hides_nothing(void) {
    struct loaded loaded = load("name: tea\n"
                                "tool: kettle\n"
                                "name: coffee\n"
                                "notes: {first: a, second: b, first: c}\n");
    bool lossy = true;
    struct yaml_file *mended = yaml_shape_mend(loaded.file, &recipe_shape, &lossy);
    struct errors errors = {0};
    struct yaml_data *data = mended ? yaml_shape_load(mended, &recipe_shape, &errors) : NULL;

    CU_ASSERT_PTR_NULL(loaded.data);
    CU_ASSERT_EQUAL_FATAL(loaded.errors.count, 3);
    CU_ASSERT_STRING_EQUAL(loaded.errors.entries[0].message,
                           "unknown key 'tool' in a recipe: did you mean 'tools'?");
    CU_ASSERT_EQUAL(loaded.errors.entries[1].line, 3);
    CU_ASSERT_EQUAL(loaded.errors.entries[1].column, 1);
    CU_ASSERT_STRING_EQUAL(loaded.errors.entries[1].message,
                           "key 'name' again: the first is in line 1");
    CU_ASSERT_EQUAL(loaded.errors.entries[2].column, 30);
    CU_ASSERT_STRING_EQUAL(loaded.errors.entries[2].message,
                           "key 'first' again: the first is in line 4");
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    CU_ASSERT_FALSE(lossy);
    if (data) {
        const struct recipe *recipe = yaml_shape_root(data);

        CU_ASSERT_STRING_EQUAL(recipe->name.text, "tea");
        CU_ASSERT_EQUAL(recipe->tools.count, 0); /* "kettle" is a text */
        CU_ASSERT_STRING_EQUAL(recipe->tools.text, "kettle");
    }
    yaml_shape_free(data);
    yaml_file_free(mended);
    unload(&loaded);
}

/* What a file may have been meant to be has the file's own places. */
static void test_mended(void) {
    struct loaded loaded = load("nam: \"tea \\t\\\"\\\\ \\u00e9\"\n"
                                "tools: {kettle: 1}\n"
                                "steps: [ boil, {waht: pour, minutes: 3}]\n"
                                "price: 12\n");
    bool lossy = false;
    struct yaml_file *mended = yaml_shape_mend(loaded.file, &recipe_shape, &lossy);
    struct errors errors = {0};
    struct yaml_data *data = mended ? yaml_shape_load(mended, &recipe_shape, &errors) : NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    CU_ASSERT_TRUE(errors_none(&errors));
    CU_ASSERT_TRUE(lossy); /* tools, boil and price are gone */
    if (data) {
        const struct recipe *recipe = yaml_shape_root(data);
        const struct step *steps = recipe->steps.items;
        const struct yaml_tree *step = yaml_tree_get(&mended->root, "steps")->items;

        CU_ASSERT_STRING_EQUAL(recipe->name.text, "tea \t\"\\ \xc3\xa9");
        CU_ASSERT_EQUAL(recipe->tools.count, 0);
        CU_ASSERT_EQUAL_FATAL(recipe->steps.count, 1);
        CU_ASSERT_STRING_EQUAL(steps[0].what.text, "pour");
        CU_ASSERT_STRING_EQUAL(steps[0].minutes.text, "3");
        CU_ASSERT_EQUAL(step->line, 3);
        CU_ASSERT_EQUAL(yaml_tree_get(step, "what")->column, 23);
    }
    yaml_shape_free(data);
    yaml_file_free(mended);
    unload(&loaded);
}

static void test_a_root_that_is_no_map(void) {
    struct loaded loaded = load("- name: tea\n");

    CU_ASSERT_PTR_NULL(loaded.data);
    CU_ASSERT_EQUAL(loaded.errors.count, 1);
    if (loaded.errors.count == 1)
        CU_ASSERT_STRING_EQUAL(loaded.errors.entries[0].message,
                               "a recipe has to be a map, not a list");
    unload(&loaded);
}

static const struct unit_test tests[] = {
    {"a file as it may have been meant", test_mended},
    {"a repeated key hides nothing", test_a_repeated_key_hides_nothing},
    {"texts, lists, maps and the author's own keys are loaded", test_every_form},
    {"the same keys are loaded in their other forms", test_other_forms_of_the_same_keys},
    {"keys that are left out are zero", test_keys_left_out},
    {"all mistakes are named at once, with their places", test_all_mistakes_at_once},
    {"a file that is a list is refused", test_a_root_that_is_no_map},
};

int main(void) {
    return UNIT_RUN(tests);
}
