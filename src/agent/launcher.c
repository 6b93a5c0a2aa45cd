/* The launcher: what a client starts as docker-machine-driver-nutanix. It hands its environment, folder and arguments to
 * the agent of this user and this build, and relays output, signals and the exit code. Where something is in the way of
 * that before the first byte was relayed, it becomes the program itself, which stands beside it as NAME-program.
 * Frames both ways: | type, 1 byte | length, 4 bytes, big-endian | so many bytes |; the types are in frames.ts. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_BYTE_MS = 4000, MOST = 1 << 20, PIECE = 4096 };
static const char *const HANDED[] = {"NUTANIX_", "MACHINE_", "SSL_CERT_", "HOME=", "PATH=", "USER=", "LOGNAME=", "USERNAME=",
  "TMPDIR=", "HTTPS_PROXY=", "https_proxy=", "ALL_PROXY=", "all_proxy=", "NO_PROXY=", "no_proxy=", NULL};
/* They change the runtime itself: there is an agent for each of their values. */
static const char *const RUNTIME[] = {"NODE_", "BUN_", "SSLKEYLOGFILE=", NULL};
extern char **environ;
static char program[4128], hello[MOST];
static char **args;
static sigset_t old_mask;
static size_t used = 5;

static void run_program(void) {
  sigprocmask(SIG_SETMASK, &old_mask, NULL);
  syscall(SYS_close_range, 3U, ~0U, 4U); /* CLOSE_RANGE_CLOEXEC: an agent must not keep files of the client open. */
  execv(program, args);
  fprintf(stderr, "cannot start %s: %s\n", program, strerror(errno));
  _exit(127);
}

static void add(const char *text) {
  size_t length = strlen(text) + 1;
  if (used + length > sizeof hello) run_program();
  memcpy(hello + used, text, length);
  used += length;
}

static int begins(const char *text, const char *const *with) {
  for (; *with; with++)
    if (strncmp(text, *with, strlen(*with)) == 0) return 1;
  return 0;
}

static int is_private(const char *folder) {
  struct stat s;
  return lstat(folder, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() && (s.st_mode & 077) == 0;
}

static int connected(const struct sockaddr_un *to) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  struct timeval limit = {FIRST_BYTE_MS / 1000, 0};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 &&
      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid())
    return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/* No more is written than a pipe takes at once, so that a slow reader holds up no signal. */
static void relay(int agent, int signals, int parent) {
  unsigned char head[5], piece[PIECE];
  size_t left = 0, held = 0;
  signal(SIGPIPE, SIG_IGN);
  for (int out = 1;;) {
    struct pollfd all[] = {
      {held ? -1 : agent, POLLIN, 0}, {held ? out : -1, POLLOUT, 0}, {signals, POLLIN, 0}, {parent, POLLIN, 0}};
    struct signalfd_siginfo info;
    if (poll(all, 4, -1) < 0) continue;
    if (all[2].revents && read(signals, &info, sizeof info) == sizeof info)
      send(agent, (char[]){'S', 0, 0, 0, 1, (char)info.ssi_signo}, 6, MSG_NOSIGNAL);
    if (all[3].revents) send(agent, "P\0\0\0", 5, MSG_NOSIGNAL), parent = -1;
    if (all[1].revents) {
      ssize_t n = write(out, piece, held);
      if (n < 0 && errno != EAGAIN) n = (ssize_t)held;
      if (n > 0) memmove(piece, piece + n, held -= (size_t)n);
    }
    if (!all[0].revents) continue;
    if (left == 0) {
      if (recv(agent, head, 5, MSG_WAITALL) != 5) _exit(1);
      left = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
      out = head[0] == '2' ? 2 : 1;
    }
    held = left < PIECE ? left : PIECE;
    if (recv(agent, piece, held, MSG_WAITALL) != (ssize_t)held) _exit(1);
    if (head[0] == 'X') _exit(piece[0]);
    left -= held;
  }
}

int main(int argc, char **argv) {
  char folder[80], *runtime = getenv("XDG_RUNTIME_DIR"), *token = getenv("MACHINE_PLUGIN_TOKEN");
  char text[4096], *wish = getenv("NUTANIX_AGENT");
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  struct stat build, net, before = {0}, now;
  sigset_t ours;
  args = argv;
  sigprocmask(SIG_SETMASK, NULL, &old_mask);
  ssize_t length = readlink("/proc/self/exe", program, 4096);
  memcpy(program + (length < 0 ? 0 : length), "-program", 9);
  pid_t client = getppid();
  int parent = (int)syscall(SYS_pidfd_open, client, 0), is_off = wish && strcmp(wish, "off") == 0;
  if (length < 0 || argc > 500 || is_off || getuid() != geteuid() || !token || strcmp(token, "42") != 0 ||
      stat(program, &build) != 0 || stat("/proc/self/ns/net", &net) != 0)
    run_program();
  unsigned long kind = (unsigned long)build.st_mtim.tv_nsec ^ (unsigned long)build.st_dev << 32;
  for (char **one = environ; *one; one++)
    for (char *byte = *one; *byte && begins(*one, RUNTIME); byte++) kind = (kind ^ (unsigned char)*byte) * 0x100000001b3;
  if (runtime && runtime[0] == '/' && strlen(runtime) < 40 && is_private(runtime))
    snprintf(folder, sizeof folder, "%s/nutanix-agent", runtime);
  else
    snprintf(folder, sizeof folder, "/tmp/nutanix-agent-%u", geteuid());
  if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || !is_private(folder)) run_program();
  /* The name tells builds apart: the file of the program as it is now. */
  snprintf(to.sun_path, sizeof to.sun_path, "%s/%lx.%lx.%lx.%lx", folder, (long)build.st_ino, (long)build.st_size,
           (long)build.st_mtim.tv_sec, kind);
  sigemptyset(&ours), sigaddset(&ours, SIGINT), sigaddset(&ours, SIGTERM), sigaddset(&ours, SIGHUP);
  sigprocmask(SIG_BLOCK, &ours, NULL);
  int agent = connected(&to), signals = signalfd(-1, &ours, SFD_CLOEXEC);
  /* The program starts an agent there once it has said its address. */
  if (agent < 0) setenv("NUTANIX_AGENT_SOCKET", to.sun_path, 1), run_program();
  stat(to.sun_path, &before);
  snprintf(text, sizeof text, "%lx", (long)net.st_ino), add(text);
  snprintf(text, sizeof text, "%d", client), add(text);
  add(getcwd(text, sizeof text) ? text : "/");
  for (snprintf(text, sizeof text, "%d", argc - 1), add(text), argv++; *argv; argv++) add(*argv);
  for (char **one = environ; *one; one++)
    if (begins(*one, HANDED)) add(*one);
  memcpy(hello, (char[]){'H', 0, (char)((used - 5) >> 16), (char)((used - 5) >> 8), (char)(used - 5)}, 5);
  struct pollfd answer = {agent, POLLIN, 0};
  ssize_t sent = send(agent, hello, used, MSG_NOSIGNAL);
  int is_answered = sent == (ssize_t)used && poll(&answer, 1, FIRST_BYTE_MS) == 1;
  if (is_answered && recv(agent, text, 1, MSG_PEEK) == 1 && text[0] == '1')
    relay(agent, signals, getppid() == client ? parent : -1);
  /* A hung agent is left alone from now on; another one is started in its place. */
  if (!is_answered && stat(to.sun_path, &now) == 0 && now.st_ino == before.st_ino) unlink(to.sun_path);
  run_program();
}
