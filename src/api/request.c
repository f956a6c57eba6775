/* request: headers as CGI hands them over. */
#include "api/request.h"

#include <stdbool.h>

/* As RFC 3875, section 4.1.18, has a header's name: upper case, '_' for all that is
 * neither letter nor digit. */
static char meta(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return c;
    return '_';
}

static const char prefix[] = "HTTP_";

static bool is_header(const char *variable, struct text name)
{
    for (const char *p = prefix; *p != '\0'; p++)
        if (*variable++ != *p)
            return false;
    for (size_t i = 0; i < name.len; i++)
        if (variable[i] != meta(name.data[i]))
            return false;
    return variable[name.len] == '=';
}

struct text request_header(const struct request *request, struct text name)
{
    for (char *const *at = request->variables; at != NULL && *at != NULL; at++)
        if (is_header(*at, name))
            return text_of(*at + sizeof prefix - 1 + name.len + 1);
    return (struct text){NULL, 0};
}
