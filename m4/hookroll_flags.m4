# Warning, hardening and sanitizer flags. Each flag is probed, so that an older
# or another compiler builds with what it knows.

# HOOKROLL_WARNINGS: WARN_CFLAGS; --enable-werror makes every one an error.
AC_DEFUN([HOOKROLL_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
    [], [enable_werror=no])
  WARN_CFLAGS=
  AX_APPEND_COMPILE_FLAGS([-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow dnl
    -Wswitch-enum -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith dnl
    -Wwrite-strings -Wcast-qual -Wformat=2 -Wundef -Wnull-dereference -Wunused-result],
    [WARN_CFLAGS], [-Werror])
  AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])

# HOOKROLL_SANITIZE: --enable-sanitize=LIST, as for the compiler's -fsanitize.
AC_DEFUN([HOOKROLL_SANITIZE], [
  AC_ARG_ENABLE([sanitize],
    [AS_HELP_STRING([--enable-sanitize=LIST], [build with -fsanitize=LIST])],
    [], [enable_sanitize=no])
  SANITIZE_CFLAGS=
  AS_IF([test "x$enable_sanitize" != xno], [
    AC_DEFINE([HOOKROLL_TRACEABLE], [1], [Leak detection has to trace the process.])
    SANITIZE_CFLAGS="-fsanitize=$enable_sanitize -fno-sanitize-recover=all -fno-omit-frame-pointer"
  ])
  AC_SUBST([SANITIZE_CFLAGS])
])

# HOOKROLL_HARDENING: HARDEN_CFLAGS, HARDEN_LDFLAGS, and PIE_LDFLAGS of programs; none under
# a sanitizer, which brings its own checks and dislikes _FORTIFY_SOURCE.
AC_DEFUN([HOOKROLL_HARDENING], [
  HARDEN_CFLAGS=
  HARDEN_LDFLAGS=
  PIE_LDFLAGS=
  AS_IF([test "x$enable_sanitize" = xno], [
    AX_APPEND_COMPILE_FLAGS([-fstack-protector-strong -fstack-clash-protection dnl
      -fcf-protection=full -fPIE], [HARDEN_CFLAGS], [-Werror])
    AS_CASE([" $CFLAGS $CPPFLAGS "],
      [*_FORTIFY_SOURCE*], [],
      [*" -O0 "*], [],
      [HARDEN_CFLAGS="$HARDEN_CFLAGS -D_FORTIFY_SOURCE=2"])
    AX_APPEND_LINK_FLAGS([-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack], [HARDEN_LDFLAGS])
    AX_APPEND_LINK_FLAGS([-pie], [PIE_LDFLAGS])
  ])
  AC_SUBST([HARDEN_CFLAGS])
  AC_SUBST([HARDEN_LDFLAGS])
  AC_SUBST([PIE_LDFLAGS])
])
