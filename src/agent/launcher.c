/* The launcher: what a client starts as docker-machine-driver-nutanix. It hands its environment, folder and arguments to
 * the agent of this user and this build, listens for the client, and relays calls, output, signals and the exit code.
 * Where there is no agent, it becomes the program itself, which stands beside it as NAME-program. When the agent ends or
 * hangs later, it goes to the next agent with what was said so far, or becomes the program and leaves that to it.
 * Frames both ways: | type, 1 byte | length, 4 bytes, big-endian | so many bytes |; the types are in frames.ts. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { QUIET_MS = 2000, MOVE_MS = 4000, MOST = 1 << 20, PIECE = 4096 };
static const char *const HANDED[] = {"NUTANIX_", "MACHINE_", "SSL_CERT_", "HOME=", "PATH=", "USER=", "LOGNAME=", "USERNAME=",
  "TMPDIR=", "HTTPS_PROXY=", "https_proxy=", "ALL_PROXY=", "all_proxy=", "NO_PROXY=", "no_proxy=", NULL};
/* They change the runtime itself: there is an agent for each of their values. */
static const char *const RUNTIME[] = {"NODE_", "BUN_", "SSLKEYLOGFILE=", NULL};
extern char **environ;
static char **args, program[4128];
static sigset_t old_mask;
static struct sockaddr_un place = {.sun_family = AF_UNIX};
static struct stat met; /* The socket of the agent that serves. */
static int agent = -1, listener = -1, client = -1, kept = -1, is_replayable = 1, is_admitted = 0;
/* journal: both ends of the client's connection, then what client ('D') and agent ('A') said, as frames in their order. */
static struct text { size_t length; unsigned char bytes[MOST]; } hello, journal;

static void run_program(void) {
  const int handed[] = {listener, client, kept};
  sigprocmask(SIG_SETMASK, &old_mask, NULL);
  signal(SIGPIPE, SIG_DFL);
  syscall(SYS_close_range, 3U, ~0U, 4U); /* CLOSE_RANGE_CLOEXEC: an agent must not keep files of the client open. */
  for (int one = 0; one < 3 && kept >= 0; one++) fcntl(handed[one], F_SETFD, 0);
  execv(program, args);
  fprintf(stderr, "cannot start %s: %s\n", program, strerror(errno));
  _exit(127);
}

static int put(struct text *to, const void *bytes, size_t length) {
  if (length > sizeof to->bytes - to->length) return 0;
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
  return 1;
}

static void add(const char *text) {
  if (!put(&hello, text, strlen(text) + 1)) run_program();
}

static void put_head(unsigned char *head, char type, size_t length) {
  head[0] = (unsigned char)type;
  for (int byte = 0; byte < 4; byte++) head[1 + byte] = (unsigned char)(length >> (24 - 8 * byte));
}

static void note(char type, const unsigned char *bytes, size_t length) {
  unsigned char head[5];
  put_head(head, type, length);
  is_replayable = is_replayable && put(&journal, head, 5) && put(&journal, bytes, length);
}

/* What cannot be told shows when the agent is read: there is nothing more then. */
static void tell(char type, const void *bytes, size_t length) {
  unsigned char head[5];
  struct iovec both[] = {{head, 5}, {(void *)bytes, length}};
  put_head(head, type, length);
  if (writev(agent, both, 2) != (ssize_t)(5 + length)) shutdown(agent, SHUT_RDWR);
}

static int begins(const char *text, const char *const *with) {
  while (*with && strncmp(text, *with, strlen(*with)) != 0) with++;
  return *with != NULL;
}

/* Whether an agent of this user has been reached and told everything so far. */
static int is_met(void) {
  struct ucred peer = {0, -1, -1};
  socklen_t length = sizeof peer;
  const struct timeval limit = {MOVE_MS / 1000, 0}; /* For writing to one that hangs, and for reading the rest of a frame. */
  stat(place.sun_path, &met);
  agent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(agent, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(agent, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(agent, (const struct sockaddr *)&place, sizeof place) != 0 ||
      getsockopt(agent, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid())
    return close(agent), 0;
  tell('H', hello.bytes, hello.length);
  if (client >= 0) tell('O', journal.bytes, journal.length);
  return 1;
}

/* The launcher that takes the lost agent's socket away becomes the program, which starts an agent; the others wait for it. */
static int has_moved(void) {
  struct stat now;
  close(agent);
  if (stat(place.sun_path, &now) == 0 && now.st_ino == met.st_ino && now.st_mtim.tv_nsec == met.st_mtim.tv_nsec &&
      unlink(place.sun_path) == 0)
    return 0;
  for (int waited = 0; waited < MOVE_MS && is_replayable; waited += 20, poll(NULL, 0, 20))
    if (is_met()) return 1;
  return 0;
}

/* One client at a time; what another one has set before is not known to this one. */
static void welcome(void) {
  struct sockaddr_in ends[2];
  socklen_t peer = sizeof *ends, own = sizeof *ends;
  if (journal.length > 0) is_replayable = 0;
  client = accept4(listener, (struct sockaddr *)&ends[0], &peer, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0 || getsockname(client, (struct sockaddr *)&ends[1], &own) != 0) return;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  journal.length = 0, put(&journal, ends, sizeof ends), tell('O', journal.bytes, journal.length);
}

/* Returns when the agent serves no more. True = another one may: it has ended, or hangs and does not even answer '?'. With a
 * call that changes something, it is waited for. No more is written than a pipe takes, so that no reader holds up signals. */
static int relay(int signals) {
  unsigned char head[5], piece[PIECE], said[PIECE];
  size_t left = 0, held = 0;
  for (int out = 1, quiet = 0, has_ended = 0;;) {
    struct pollfd all[] = {{held ? -1 : agent, POLLIN, 0}, {held ? out : -1, POLLOUT, 0}, {signals, POLLIN, 0},
      {client < 0 ? listener : has_ended ? -1 : client, POLLIN, 0}};
    struct signalfd_siginfo info;
    int count = poll(all, 4, is_replayable && !held ? QUIET_MS : -1);
    if (count < 0) continue;
    if (count == 0 && ++quiet == 3) return 1;
    if (count == 0) tell('?', NULL, 0);
    if (all[2].revents && read(signals, &info, sizeof info) == sizeof info)
      *said = (unsigned char)info.ssi_signo, tell('S', said, 1);
    if (all[3].revents && client < 0) welcome(), has_ended = 0;
    else if (all[3].revents) {
      ssize_t n = recv(client, said, PIECE, 0);
      if (n > 0) note('D', said, (size_t)n), tell('D', said, (size_t)n);
      else if (n == 0) tell('E', NULL, 0), has_ended = 1;
      else if (errno != EAGAIN) tell('C', NULL, 0), close(client), client = -1;
    }
    if (client < 0 && out > 2) out = -1, held = 0;
    if (all[1].revents && held) {
      ssize_t n = write(out, piece, held);
      if (n < 0 && errno != EAGAIN) n = (ssize_t)held;
      else if (n > 0 && out == client) is_admitted = 1, note('A', piece, (size_t)n);
      if (n > 0) memmove(piece, piece + n, held -= (size_t)n);
    }
    if (!all[0].revents) continue;
    quiet = 0;
    if (left == 0) {
      if (recv(agent, head, 5, MSG_WAITALL) != 5) return 1;
      left = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
      out = head[0] == '1' ? 1 : head[0] == '2' ? 2 : head[0] == 'D' ? client : -1;
    }
    held = left < PIECE ? left : PIECE;
    if (held > 0 && recv(agent, piece, held, MSG_WAITALL) != (ssize_t)held) return 1;
    left -= held;
    if (head[0] == 'X') _exit(piece[0]);
    if (head[0] == 'L') return 0;
    if (head[0] == 'N') is_replayable = 0, tell('N', NULL, 0);
    if (head[0] == 'E') shutdown(client, SHUT_WR);
    if (head[0] == 'C' && client >= 0) close(client), client = -1, journal.length *= (size_t)is_admitted;
    if (out < 0) held = 0;
  }
}

/* A port that only this process has; its address is what a client waits for. */
static void say_address(void) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof own;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) != 0 || listen(listener, 32) != 0 ||
      getsockname(listener, (struct sockaddr *)&own, &length) != 0)
    run_program();
  if (dprintf(1, "127.0.0.1:%d\n", ntohs(own.sin_port)) < 0) _exit(1);
}

int main(int argc, char **argv) {
  char text[4096], *runtime = getenv("XDG_RUNTIME_DIR"), *token = getenv("MACHINE_PLUGIN_TOKEN"), *wish = getenv("NUTANIX_AGENT");
  struct stat build, net, folder;
  sigset_t ours;
  args = argv;
  sigprocmask(SIG_SETMASK, NULL, &old_mask);
  ssize_t length = readlink("/proc/self/exe", program, 4096);
  memcpy(program + (length < 0 ? 0 : length), "-program", 9);
  if (length < 0 || getuid() != geteuid() || (wish && strcmp(wish, "off") == 0) || !token || strcmp(token, "42") != 0 ||
      stat(program, &build) != 0 || stat("/proc/self/ns/net", &net) != 0)
    run_program();
  unsigned long kind = (unsigned long)build.st_ctim.tv_nsec;
  for (char **one = environ; *one; one++)
    for (char *byte = *one; *byte && begins(*one, RUNTIME); byte++) kind = (kind ^ (unsigned char)*byte) * 0x100000001b3;
  if (!runtime || strlen(runtime) > 30 || stat(runtime, &folder) != 0 || folder.st_uid != geteuid()) runtime = NULL;
  snprintf(text, sizeof text, "-%u", geteuid());
  /* The name tells builds apart: the file of the program as it is now. The program starts an agent there. */
  snprintf(place.sun_path, sizeof place.sun_path, "%.30s/nutanix-agent%.20s/%lx.%lx.%lx", runtime ? runtime : "/tmp",
           runtime ? "" : text, (long)build.st_ino, (long)build.st_ctim.tv_sec, kind);
  snprintf(text, sizeof text, "%lx", (long)net.st_ino), add(text);
  snprintf(text, sizeof text, "%d", getppid()), add(text);
  add(getcwd(text, sizeof text) ? text : "/");
  snprintf(text, sizeof text, "%d", argc - 1), add(text);
  while (*++argv) add(*argv);
  for (char **one = environ; *one; one++)
    if (begins(*one, HANDED)) add(*one);
  setenv("NUTANIX_AGENT_SOCKET", place.sun_path, 1);
  sigemptyset(&ours), sigaddset(&ours, SIGINT), sigaddset(&ours, SIGTERM), sigaddset(&ours, SIGHUP);
  sigprocmask(SIG_BLOCK, &ours, NULL);
  signal(SIGPIPE, SIG_IGN);
  if (!is_met()) run_program();
  say_address();
  int signals = signalfd(-1, &ours, SFD_CLOEXEC);
  if (relay(signals) && is_replayable && has_moved()) relay(signals);
  kept = memfd_create("journal", MFD_CLOEXEC);
  if (!is_replayable || pwrite(kept, journal.bytes, journal.length, 0) != (ssize_t)journal.length) _exit(1);
  snprintf(text, sizeof text, "%d %d %d", listener, client, kept);
  setenv("NUTANIX_LAUNCHER", text, 1);
  run_program();
}
