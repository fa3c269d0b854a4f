/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/signs.h"
#include "base/memstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNS_NAMED 3u /* functions that are proposed at once */

/* Whether leaf 0 was read, and said that there are more leaves. */
static bool is_basic_read(const struct cpuid_execution *trace, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (trace[i].leaf == 0 && trace[i].values.eax != 0)
            return true;
    }
    return false;
}

/* Whether there is an answer that the mail calls right or wrong. */
static bool is_judgeable(const struct facts *facts) {
    return facts->returned && facts->answer != OUTCOME_NONE && !facts->open;
}

void signs_note(struct signs *signs, const struct probe *probe,
                const struct observation *observation, const struct facts *facts) {
    bool in_register = probe->setup.answer.kind == GUEST_REGISTER && probe->setup.answer.width > 1;
    bool low_zero = in_register && observation->answer != 0 && (observation->answer & 0xff) == 0;
    bool low_only_right = low_zero && facts->expected != OUTCOME_AVAILABLE;

    signs->runs++;
    signs->returned += facts->returned;
    signs->owed += facts->returned && facts->expected == OUTCOME_AVAILABLE;
    signs->unwritten += facts->returned && (observation->state & OBSERVATION_ANSWER_MISSING) != 0;
    signs->cpuids += observation->boot_count + observation->count > 0;
    signs->hypervisor += facts->read_hypervisor;
    signs->maximum += facts->read_base;
    signs->basic += is_basic_read(observation->boot_trace, observation->boot_count) ||
                    is_basic_read(observation->trace, observation->count);
    signs->further += facts->read_further;
    if (observation->fault_argument > 0)
        signs->arguments[observation->fault_argument - 1]++;
    signs->took_zero += facts->took_zero;
    if (!is_judgeable(facts))
        return;
    if (signs->answers++ == 0)
        signs->first = observation->answer;
    signs->varies |= observation->answer != signs->first;
    signs->wrong += !facts->right;
    signs->available += facts->expected == OUTCOME_AVAILABLE;
    signs->too_many += !facts->right && facts->expected != OUTCOME_AVAILABLE;
    signs->low_mends += !facts->right && low_only_right;
    signs->low_harms += facts->right && low_zero;
}

void signs_note_twins(struct signs *signs, const struct evidence *twins, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct facts *facts = &twins[i].facts;

        if (!is_judgeable(facts))
            continue;
        signs->varied++;
        signs->varied_wrong += !facts->right;
        signs->varied_available += facts->expected == OUTCOME_AVAILABLE;
    }
}

void signs_add(struct signs *sum, const struct signs *signs) {
    sum->runs += signs->runs;
    sum->returned += signs->returned;
    sum->unwritten += signs->unwritten;
    sum->owed += signs->owed;
    sum->varies |=
        signs->varies || (sum->answers > 0 && signs->answers > 0 && sum->first != signs->first);
    if (sum->answers == 0)
        sum->first = signs->first;
    sum->answers += signs->answers;
    sum->wrong += signs->wrong;
    sum->available += signs->available;
    sum->varied += signs->varied;
    sum->varied_wrong += signs->varied_wrong;
    sum->varied_available += signs->varied_available;
    sum->cpuids += signs->cpuids;
    sum->hypervisor += signs->hypervisor;
    sum->maximum += signs->maximum;
    sum->basic += signs->basic;
    sum->too_many += signs->too_many;
    sum->low_mends += signs->low_mends;
    sum->low_harms += signs->low_harms;
    sum->took_zero += signs->took_zero;
    sum->further += signs->further;
    for (size_t i = 0; i < GUEST_ARGUMENTS_MAX; i++)
        sum->arguments[i] += signs->arguments[i];
}

/* --- What they say: false, or the text. --- */

static bool say_reversed(const struct signs *signs, const struct probe *probe, FILE *stream) {
    size_t answers = signs->answers + signs->varied, wrong = signs->wrong + signs->varied_wrong;
    size_t available = signs->available + signs->varied_available;
    bool both = available > 0 && available < answers;

    if (!both || wrong < answers || probe->is_program)
        return false;
    if (probe->answer.available == PROBE_LISTED)
        fputs("hint: every answer is the reverse of the right one: are the numbers that mean "
              "available those that mean absent? See answer: {available: ...}",
              stream);
    else
        fprintf(stream,
                "hint: every answer is the reverse of the right one: does %s mean available? Then "
                "say answer: {available: %s} in a manifest",
                probe->answer.available == PROBE_ZERO ? "a number that is not 0" : "0",
                probe->answer.available == PROBE_ZERO ? "nonzero" : "zero");
    return true;
}

/* A function that may have to be called first, going by its name. */
static bool is_initialiser(const struct probe *probe, const struct image_symbol *symbol) {
    static const char *const pieces[] = {"init", "setup", "detect", "probe", "start"};

    if (!symbol->is_function || symbol->name[0] == '_' || symbol->is_stub ||
        symbol->address == probe->setup.entry)
        return false;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        if (strstr(symbol->name, pieces[i]))
            return true;
    }
    return false;
}

static bool say_nothing_read(const struct signs *signs, const struct probe *probe, FILE *stream) {
    size_t told = 0;

    if (signs->runs == 0 || signs->cpuids > 0 || probe->setup.before_count > 0 || probe->is_program)
        return false;
    for (size_t i = 0; i < probe->image->symbols_count && told < SIGNS_NAMED; i++) {
        if (is_initialiser(probe, &probe->image->symbols[i]))
            fprintf(stream, "%s%s",
                    told++ == 0 ? "hint: no run executed CPUID: does another function have to be "
                                  "called first? Say before: [NAME] in a manifest, of "
                                : ", ",
                    probe->image->symbols[i].name);
    }
    return told > 0;
}

/* What a C library's start files bring along reads no CPUID. */
static bool is_start_file(const struct image *image, uint64_t constructor) {
    static const char *const names[] = {"frame_dummy", "_init", "register_tm_clones"};
    const struct image_symbol *symbol = image_symbol_at(image, constructor);

    for (size_t i = 0; symbol && i < sizeof names / sizeof *names; i++) {
        if (strcmp(symbol->name, names[i]) == 0)
            return true;
    }
    return false;
}

static bool say_constructors(const struct signs *signs, const struct probe *probe, FILE *stream) {
    const struct image *image = probe->image;
    bool own = false;

    if (signs->runs == 0 || signs->maximum > 0 || probe->setup.constructors || probe->is_program ||
        probe->setup.process)
        return false;
    for (size_t i = 0; i < image->constructors_count; i++)
        own |= !is_start_file(image, image->constructors[i]);
    if (own)
        fputs("hint: the maximum was never read, and the file has constructors (.init_array), "
              "which were "
              "not run: does one of them read it? Say --constructors, or constructors: true in a "
              "manifest",
              stream);
    return own;
}

static bool say_basic(const struct signs *signs, const struct probe *probe, FILE *stream) {
    (void)probe;
    if (signs->basic == 0 || signs->hypervisor > 0)
        return false;
    fputs("hint: leaf 0 was read and no hypervisor leaf: __get_cpuid and __get_cpuid_count of "
          "cpuid.h compare the leaf with the maximum of the basic leaves, and so refuse "
          "0x40000000; __cpuid does not (hvspec explain max/reaches-target)",
          stream);
    return true;
}

static bool say_bool(const struct signs *signs, const struct probe *probe, FILE *stream) {
    if (signs->low_mends == 0 || signs->low_mends < signs->too_many ||
        signs->low_harms > signs->low_mends || probe->is_program)
        return false;
    fputs("hint: every wrong \"available\" has a low byte of 0 and other bits set, as the answers "
          "of functions have that return a bool: say -a bool, or answer: {in: al} in a manifest",
          stream);
    return true;
}

static bool say_argument(const struct signs *signs, const struct probe *probe, FILE *stream) {
    static const char *const ordinals[GUEST_ARGUMENTS_MAX] = {
        "first",   "second", "third", "fourth", "fifth",    "sixth",
        "seventh", "eighth", "ninth", "tenth",  "eleventh", "twelfth"};

    for (size_t i = 0; i < GUEST_ARGUMENTS_MAX; i++) {
        if (signs->arguments[i] == 0)
            continue;
        if (i < probe->setup.arguments_count)
            fprintf(stream,
                    "hint: the code took the target, its %s argument, for an address: are its "
                    "arguments others? Say arguments: [...] in a manifest, in its order%s",
                    ordinals[i],
                    i == 0 ? ", and $result ahead of them where it returns a structure" : "");
        else
            fprintf(
                stream,
                "hint: the code took for an address what lay where a %s argument would be, and %s: "
                "is it an out parameter? Say arguments: [$target, $out] in a manifest",
                ordinals[i],
                probe->setup.arguments_count == 0   ? "none is passed"
                : probe->setup.arguments_count == 1 ? "only one is passed"
                                                    : "so many are not passed");
        return true;
    }
    return false;
}

static bool say_took_zero(const struct signs *signs, const struct probe *probe, FILE *stream) {
    (void)probe;
    /* Of code that is wrong elsewhere it says nothing. */
    if (signs->took_zero == 0 || signs->wrong > 0)
        return false;
    fputs("info: a maximum of 0 is taken for 0x40000001, which is what old KVM hosts mean by it: "
          "the mail leaves that open, and it costs no rule",
          stream);
    return true;
}

static bool say_further(const struct signs *signs, const struct probe *probe, FILE *stream) {
    (void)probe;
    if (signs->further == 0)
        return false;
    fputs("info: leaves of further bases (0x40000100, 0x40000200, ...) are read: the mail leaves "
          "open whether other interfaces lie there, and it costs no rule",
          stream);
    return true;
}

char *signs_text(const struct signs *signs, const struct probe *probe, size_t index, bool *lost) {
    static bool (*const sayings[])(const struct signs *, const struct probe *, FILE *) = {
        say_reversed,       say_constructors,    say_nothing_read,    signs_say_no_cpuid,
        signs_say_constant, signs_say_unwritten, say_basic,           say_bool,
        say_argument,       say_took_zero,       signs_say_real_mode, signs_say_convention,
        say_further,
    };

    *lost = false;
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings && !*lost; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        bool said;

        *lost = !stream;
        if (!stream)
            break;
        said = sayings[i](signs, probe, stream);
        *lost = !memstream_close(stream, &text);
        if (!*lost && said && index-- == 0)
            return text;
        free(text);
    }
    return NULL;
}
