/* json_look: the words of a JSON text, each as RFC 8259 has it, and how deep it nests.
 *
 * For what the library behind json_read lets through. In which order words may stand it does
 * not ask, nor whether the text is UTF-8. One thread at a time. */
#ifndef HOOKROLL_API_JSON_LOOK_H
#define HOOKROLL_API_JSON_LOOK_H

#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    JSON_LOOK_DEPTH_MAX = 32 /* objects and arrays, one in the other */
};

/* A look at one text: where it is, and what it has seen. Starts as {.t = text}. */
struct json_look {
    struct text t;
    size_t at;
    size_t members; /* colons between words: as many as members */
    size_t values;  /* and names of members: all words but the ones that are punctuation */
    int depth;
    struct text string; /* the last one, with its quotes */
    bool nul;           /* which holds a NUL */
    bool cut;           /* the text ends within a word */
    bool deep;          /* one level more than JSON_LOOK_DEPTH_MAX */
};

/* json_look_at_word: goes behind the word, or the blank, at `at`; false when it is none. There
 * has to be a byte at `at`. */
bool json_look_at_word(struct json_look *look);

/* json_look_through: whether all words to the end are good; if not, `at` is where that
 * shows, and `cut` says whether it is the text's end. */
RC_CHECK bool json_look_through(struct json_look *look);

#endif
