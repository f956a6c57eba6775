/* json_look: word by word; how words may follow each other is not asked here. */
#include "api/json_look.h"

#include "api/json_plain.h"

#include <string.h>

static char peek(const struct json_look *look)
{
    /* NUL also stands for the end: outside strings neither may be there. */
    if (look->at == look->t.len)
        return '\0';
    return look->t.data[look->at];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool skip_digits(struct json_look *look)
{
    if (!is_digit(peek(look)))
        return false;
    while (is_digit(peek(look)))
        look->at++;
    return true;
}

/* RFC 8259, section 6. */
static bool look_at_number(struct json_look *look)
{
    if (peek(look) == '-')
        look->at++;
    if (peek(look) == '0')
        look->at++;
    else if (!skip_digits(look))
        return false;
    if (peek(look) == '.') {
        look->at++;
        if (!skip_digits(look))
            return false;
    }
    if (peek(look) == 'e' || peek(look) == 'E') {
        look->at++;
        if (peek(look) == '+' || peek(look) == '-')
            look->at++;
        if (!skip_digits(look))
            return false;
    }
    return !is_digit(peek(look));
}

/* The four digits of \uXXXX, or -1. */
static int look_at_hex(struct json_look *look)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        int digit = text_hex_digit(peek(look));

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
        look->at++;
    }
    return value;
}

/* After the backslash. A high surrogate must be followed by a low one. */
static bool look_at_escape(struct json_look *look)
{
    char c = peek(look);
    int unit;

    look->at++;
    if (c != 'u')
        return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
    unit = look_at_hex(look);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return false;
    if (unit == 0)
        look->nul = true;
    if (unit < 0xD800 || unit > 0xDBFF)
        return true;
    if (peek(look) != '\\')
        return false;
    look->at++;
    if (peek(look) != 'u')
        return false;
    look->at++;
    unit = look_at_hex(look);
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* From the opening quote to behind the closing one. */
static bool look_at_string(struct json_look *look)
{
    look->string = (struct text){look->t.data + look->at, 0};
    look->at++;
    look->nul = false;
    while (look->at < look->t.len) {
        char c;

        look->at += json_plain_len((struct text){look->t.data + look->at, look->t.len - look->at});
        if (look->at == look->t.len)
            return true;
        c = peek(look);
        if ((unsigned char)c < 0x20)
            return false;
        look->at++;
        if (c == '"') {
            look->string.len = (size_t)(look->t.data + look->at - look->string.data);
            return true;
        }
        if (c == '\\' && look->at < look->t.len && !look_at_escape(look))
            return false;
    }
    return true;
}

static bool look_at_literal(struct json_look *look)
{
    static const char *const literals[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
        size_t len = strlen(literals[i]);

        if (look->t.len - look->at >= len &&
            memcmp(look->t.data + look->at, literals[i], len) == 0) {
            look->at += len;
            return true;
        }
    }
    return false;
}

bool json_look_at_word(struct json_look *look)
{
    char c = peek(look);

    switch (c) {
    case '"':
        look->values++;
        return look_at_string(look);
    case '{':
    case '[':
        look->deep = look->depth == JSON_LOOK_DEPTH_MAX;
        if (look->deep)
            return false;
        look->depth++;
        look->values++;
        break;
    case '}':
    case ']':
        look->depth--;
        break;
    case ':':
        /* json-c would cut the member's name short and take it for another. */
        if (look->nul)
            return false;
        look->members++;
        break;
    case ',':
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        break;
    default:
        look->values++;
        return c == '-' || is_digit(c) ? look_at_number(look) : look_at_literal(look);
    }
    look->at++;
    return true;
}

bool json_look_through(struct json_look *look)
{
    while (look->at < look->t.len) {
        bool good = json_look_at_word(look);

        if (!good) {
            look->cut = look->at == look->t.len;
            return false;
        }
    }
    return true;
}
