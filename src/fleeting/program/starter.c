/* The file "plugin" of the image: it becomes the program beside it. Where musl is installed, as in Alpine, or where there is no
 * C library, as in a container of the image, it becomes the loader beside it, which runs that program with the libraries
 * beside it. GNU's own is preferred, for it gets the computer's updates. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "fleeting-plugin-nutanix"
#if defined(__x86_64__)
#define LOADER "ld-linux-x86-64.so.2"
#define GNU "/lib64/" LOADER
#define MUSL "/lib/ld-musl-x86_64.so.1"
#elif defined(__aarch64__)
#define LOADER "ld-linux-aarch64.so.1"
#define GNU "/lib/" LOADER
#define MUSL "/lib/ld-musl-aarch64.so.1"
#endif

static int failed(const char *attempted, const char *path) {
  fprintf(stderr, PROGRAM ": cannot %s %s: %s\n", attempted, path, strerror(errno));
  return 127;
}

int main(int count, char **args) {
  static char self[PATH_MAX], folder[PATH_MAX], program[PATH_MAX + sizeof PROGRAM], loader[PATH_MAX + sizeof LOADER];
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return failed("read", "/proc/self/exe");
  strcpy(folder, self);
  *strrchr(folder, '/') = 0;
  sprintf(program, "%s/" PROGRAM, folder);
  sprintf(loader, "%s/" LOADER, folder);
  char **given = calloc(count + 7, sizeof *given), **end = given;
  if (!given) return failed("start", program);
  /* A computer with musl may have a file of GNU's name (gcompat), which is none. One with both is served by either. */
  const int is_gnu = access(GNU, X_OK) == 0 && access(MUSL, F_OK) != 0;
  if (!is_gnu) {
    char *options[] = {loader, "--library-path", folder, "--argv0"};
    for (int i = 0; i < 4; i++) *end++ = options[i];
  }
  /* By this name of itself the program knows that it has files beside it. */
  *end++ = self;
  if (!is_gnu) *end++ = program;
  for (int i = 1; i < count; i++) *end++ = args[i];
  execv(is_gnu ? program : loader, given);
  return failed("start", is_gnu ? program : loader);
}
