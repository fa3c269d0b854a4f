/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/scenario/scenario.h"

#include <string.h>

/* The scenarios that ship, as data: every file loads, every rule has some, every folder is what it
 * says. What a single file may contain is tested with the loader. */
#define SHIPPED HVSPEC_TEST_SCENARIOS
#define REAL_TABLES "hypervisors"
#define FILES_MIN 150u /* so that a folder that got lost is noticed */
#define CASES_MIN 2000u

static struct scenario_set shipped;

/* Random draws depend on the seed: a file must be right for all of them. */
static void test_every_file_loads_with_any_seed(void) {
    static const uint64_t seeds[] = {1, 2, 0xffffffffffffffff};

    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        struct scenario_set set = {0};
        struct errors errors = {0};

        CU_ASSERT_TRUE(scenario_set_add(&set, SHIPPED, SHIPPED, seeds[i], &errors));
        errors_print(&errors, "", stderr);
        CU_ASSERT_TRUE(errors_none(&errors));
        CU_ASSERT_TRUE(set.count >= FILES_MIN);
        CU_ASSERT_TRUE(scenario_set_cases(&set) >= CASES_MIN);
        errors_clear(&errors);
        scenario_set_clear(&set);
    }
}

static bool names_rule(const struct scenario *scenario, enum rule_id rule) {
    for (size_t i = 0; i < scenario->rules_count; i++) {
        if (scenario->rules[i] == rule)
            return true;
    }
    return false;
}

static void test_every_rule_about_probes_has_a_scenario(void) {
    for (int rule = 0; rule < RULES; rule++) {
        size_t count = 0;

        for (size_t i = 0; i < shipped.count; i++)
            count += names_rule(&shipped.scenarios[i], (enum rule_id)rule);
        CU_ASSERT_EQUAL(count == 0, rules[rule].about_tables);
        if ((count == 0) != rules[rule].about_tables)
            fprintf(stderr, "%s has %zu scenarios\n", rules[rule].id, count);
    }
}

/* True when the id's part before the slash is the folder. */
static bool in_folder(const char *id, const char *folder, size_t length) {
    return strncmp(id, folder, length) == 0 && id[length] == '/';
}

static bool has_rule_of_its_folder(const struct scenario *scenario) {
    size_t length = strcspn(scenario->id, "/");

    for (size_t i = 0; i < scenario->rules_count; i++) {
        if (in_folder(rules[scenario->rules[i]].id, scenario->id, length))
            return true;
    }
    return false;
}

static void test_the_folder_is_a_section_of_the_rules(void) {
    for (size_t i = 0; i < shipped.count; i++) {
        const struct scenario *scenario = &shipped.scenarios[i];
        bool real = in_folder(scenario->id, REAL_TABLES, strlen(REAL_TABLES));

        CU_ASSERT_TRUE(real || has_rule_of_its_folder(scenario));
        CU_ASSERT_TRUE(!real || scenario->source != NULL); /* real tables say whose they are */
    }
}

static void test_only_presence_hides_the_hypervisor(void) {
    for (size_t i = 0; i < shipped.count; i++) {
        const struct scenario *scenario = &shipped.scenarios[i];

        if (scenario->needs_presence)
            CU_ASSERT_TRUE(names_rule(scenario, RULE_PRESENCE_CHECKED_FIRST));
    }
}

static bool has_outcome(const struct scenario *scenario, enum outcome outcome) {
    for (size_t i = 0; i < scenario->cases_count; i++) {
        const struct scenario_case *one = &scenario->cases[i];

        for (size_t j = 0; j < one->asks_count; j++) {
            if (one->expect[j] == outcome)
                return true;
        }
    }
    return false;
}

/* A scenario that names a rule about an outcome has to have that outcome. */
static void test_rules_about_outcomes_are_exercised(void) {
    static const struct {
        enum rule_id rule;
        enum outcome outcome;
    } rows[] = {
        {RULE_MAX_BELOW_IS_ABSENT, OUTCOME_NOT_AVAILABLE},
        {RULE_TARGET_ZERO_IS_ABSENT, OUTCOME_NOT_IMPLEMENTED},
        {RULE_TARGET_NONZERO_IS_PRESENT, OUTCOME_AVAILABLE},
        {RULE_TARGET_VALUE_INTACT, OUTCOME_AVAILABLE},
    };

    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        for (size_t i = 0; i < shipped.count; i++) {
            const struct scenario *scenario = &shipped.scenarios[i];

            if (!names_rule(scenario, rows[row].rule))
                continue;
            CU_ASSERT_TRUE(has_outcome(scenario, rows[row].outcome));
            if (!has_outcome(scenario, rows[row].outcome))
                fprintf(stderr, "%s: nothing for %s\n", scenario->id, rules[rows[row].rule].id);
        }
    }
}

static void test_several_questions_in_one_boot(void) {
    for (size_t i = 0; i < shipped.count; i++) {
        const struct scenario *scenario = &shipped.scenarios[i];

        if (names_rule(scenario, RULE_GAPS_ORDER_INDEPENDENT))
            CU_ASSERT_TRUE(scenario->cases[0].asks_count >= 2);
    }
}

static void test_titles_tell_scenarios_apart(void) {
    for (size_t i = 0; i < shipped.count; i++) {
        for (size_t j = i + 1; j < shipped.count; j++)
            CU_ASSERT_STRING_NOT_EQUAL(shipped.scenarios[i].title, shipped.scenarios[j].title);
    }
}

static const struct unit_test tests[] = {
    {"every file loads, with any seed", test_every_file_loads_with_any_seed},
    {"every rule about probes has a scenario", test_every_rule_about_probes_has_a_scenario},
    {"the folder is a section of the rules", test_the_folder_is_a_section_of_the_rules},
    {"only presence hides the hypervisor", test_only_presence_hides_the_hypervisor},
    {"rules about outcomes are exercised", test_rules_about_outcomes_are_exercised},
    {"order is tested with several questions", test_several_questions_in_one_boot},
    {"titles tell scenarios apart", test_titles_tell_scenarios_apart},
};

int main(void) {
    struct errors errors = {0};
    int result = 1;

    if (scenario_set_add(&shipped, SHIPPED, SHIPPED, 1, &errors))
        result = UNIT_RUN(tests);
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    scenario_set_clear(&shipped);
    return result;
}
