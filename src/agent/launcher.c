/* The launcher: what a client starts as docker-machine-driver-nutanix. It hands its environment, folder and arguments to
 * the agent of this user and this build, listens for the client, and relays calls, output, signals and the exit code.
 * Where there is no agent, it becomes the program itself, which stands beside it as NAME-program. When the agent ends or
 * hangs later, it goes to the next agent with what was said so far, or becomes the program and leaves that to it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { QUIET_MS = 2000, MOVE_MS = 4000, HEAD = 5, PIECE = 4096, MOST = 1 << 20 };
/* What goes both ways; the types are in frames.ts. On its way, the length is big-endian. */
struct __attribute__((packed)) frame { char type; uint32_t length; unsigned char bytes[MOST]; };

/* journal: both ends of the client's connection, then what client ('D') and agent ('A') said, as frames in their order, behind
 * 'G' where the launcher has answered the opening itself;
 * said: by the client, or a signal; heard: from the agent, and not yet written. */
static struct frame hello, journal, said, heard;
/* What a client opens its connection with, and the answer: always the same, so that no agent is woken for it. */
static const char opening[] = "CONNECT /_goRPC_ HTTP/1.0\n\n", opened[] = "HTTP/1.0 200 Connected to Go RPC\n\n";
static char **args, program[4128];
static sigset_t ours, old_mask; /* Signals that are passed on; those that were held back before. */
static struct sockaddr_un place = {.sun_family = AF_UNIX};
static struct stat met; /* The socket of the agent that serves. */
static struct sockaddr_in ends[2]; /* Of the client's connection: its own, and the one whose address it was told. */
static int agent = -1, listener = -1, client = -1, is_replayable = 1, is_admitted = 0, has_ended = 0;

static void run_program(void) {
  if (*place.sun_path) setenv("NUTANIX_AGENT_SOCKET", place.sun_path, 1); /* Where the program starts an agent. */
  sigprocmask(SIG_SETMASK, &old_mask, NULL), signal(SIGPIPE, SIG_DFL);
  execv(program, args);
  fprintf(stderr, "cannot start %s: %s\n", program, strerror(errno));
  _exit(127);
}

static int put(struct frame *to, const void *bytes, size_t length) {
  if (length > MOST - to->length) return 0;
  memcpy(to->bytes + to->length, bytes, length);
  return to->length += (uint32_t)length, 1;
}

/* Sends so many bytes as a frame, and notes it if it is of the client's connection; the agent's own answer ('A') is only noted.
 * What cannot be sent shows when the agent is read: there is nothing more then. */
static void tell(char type, struct frame *frame, uint32_t length) {
  const size_t whole = HEAD + length;
  frame->type = type, frame->length = htonl(length);
  if (type == 'D' || type == 'A') is_replayable = is_replayable && put(&journal, frame, whole);
  if (type != 'A' && write(agent, frame, whole) != (ssize_t)whole) shutdown(agent, SHUT_RDWR);
  frame->length = length;
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
  tell('H', &hello, hello.length);
  if (client >= 0) tell('O', &journal, journal.length);
  return 1;
}

/* The launcher that takes the lost agent's socket away becomes the program, which starts an agent; the others wait for it. */
static int has_moved(void) {
  struct stat now;
  close(agent);
  const int is_there = stat(place.sun_path, &now) == 0 && now.st_ino == met.st_ino && now.st_mtim.tv_nsec == met.st_mtim.tv_nsec;
  if (is_there && unlink(place.sun_path) == 0) return 0;
  for (int waited = 0; waited < MOVE_MS && is_replayable; waited += 20, poll(NULL, 0, 20))
    if (is_met()) return 1;
  return 0;
}

/* What was received of the client. */
static void hear(ssize_t n) {
  if (n > 0) tell('D', &said, (uint32_t)n);
  else if (n == 0) tell('E', &said, 0), has_ended = 1;
  else if (errno != EAGAIN) tell('C', &said, 0), close(client), client = -1;
}

/* One client at a time; what another one has set before is not known to this one. */
static void welcome(void) {
  socklen_t length = sizeof ends[0];
  is_replayable = is_replayable && journal.length == 0;
  if ((client = accept4(listener, (struct sockaddr *)&ends[0], &length, SOCK_NONBLOCK)) < 0) return;
  has_ended = 0, journal.length = 0, put(&journal, ends, sizeof ends);
  const ssize_t n = recv(client, said.bytes, PIECE, 0), why = errno; /* Its first words are there. */
  const int is_opening = n == sizeof opening - 1 && memcmp(said.bytes, opening, sizeof opening - 1) == 0 &&
    write(client, opened, sizeof opened - 1) == sizeof opened - 1;
  if (is_opening) put(&journal, "G\0\0\0", HEAD);
  tell('O', &journal, journal.length);
  if (!is_opening) errno = (int)why, hear(n);
}

/* Writes as much of what was heard as its reader takes; one that is gone takes all. */
static void pass_on(int out) {
  const ssize_t n = write(out, heard.bytes, heard.length);
  if (n < 0 && errno == EAGAIN) return;
  const uint32_t held = heard.length, taken = n < 0 ? held : (uint32_t)n;
  if (n > 0 && out == client) is_admitted = 1, tell('A', &heard, taken);
  memmove(heard.bytes, heard.bytes + taken, heard.length = held - taken);
}

/* Returns when the agent serves no more. True = another one may: it has ended, or hangs and does not even answer '?'. With a
 * call that changes something, it is waited for. No more is written than a pipe takes, so that no reader holds up signals. */
static int relay(int signals) {
  struct signalfd_siginfo info;
  for (int out = -1, quiet = heard.length = has_ended = 0;;) {
    struct pollfd all[] = {{heard.length ? -1 : agent, POLLIN, 0}, {heard.length ? out : -1, POLLOUT, 0}, {signals, POLLIN, 0},
      {client < 0 ? listener : has_ended ? -1 : client, POLLIN, 0}};
    const int count = poll(all, 4, is_replayable && !heard.length ? QUIET_MS : -1);
    if (count == 0 && (tell('?', &said, 0), ++quiet == 3)) return 1;
    if (all[2].revents && read(signals, &info, sizeof info) == sizeof info)
      *said.bytes = (unsigned char)info.ssi_signo, tell('S', &said, 1);
    if (all[3].revents) client < 0 ? welcome() : hear(recv(client, said.bytes, PIECE, 0));
    if (all[0].revents) {
      if (recv(agent, &heard, HEAD, MSG_WAITALL) != HEAD) return 1;
      const ssize_t length = (ssize_t)(heard.length = ntohl(heard.length));
      if (length > PIECE || (length > 0 && recv(agent, heard.bytes, (size_t)length, MSG_WAITALL) != length)) return 1;
      out = heard.type == '1' ? 1 : heard.type == '2' ? 2 : heard.type == 'D' ? client : -1, quiet = 0;
      if (heard.type == 'X') _exit(*heard.bytes);
      if (heard.type == 'L') return 0;
      if (heard.type == 'N') is_replayable = 0, tell('N', &said, 0);
      if (heard.type == 'E') shutdown(client, SHUT_WR);
      if (heard.type == 'C' && client >= 0) close(client), client = -1, journal.length *= (uint32_t)is_admitted;
    }
    if (out < 0 || (out > 2 && client < 0)) heard.length = 0;
    if (heard.length && (out > 2 || all[1].revents)) pass_on(out); /* A client's socket does not hold up. */
  }
}

/* A port that only this process has; its address is what a client waits for. */
static void say_address(void) {
  socklen_t length = sizeof ends[1];
  ends[1].sin_family = AF_INET, ends[1].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* The sockets that it accepts have it, too. */
  setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &(int){1}, sizeof(int)); /* A client speaks first. */
  const int is_listening = bind(listener, (struct sockaddr *)&ends[1], length) == 0 && listen(listener, 32) == 0;
  if (!is_listening || getsockname(listener, (struct sockaddr *)&ends[1], &length) != 0) run_program();
  if (dprintf(1, "127.0.0.1:%d\n", ntohs(ends[1].sin_port)) < 0) _exit(1);
}

int main(int argc, char **argv) {
  char text[4096], *runtime = getenv("XDG_RUNTIME_DIR"), *token = getenv("MACHINE_PLUGIN_TOKEN"), *wish = getenv("NUTANIX_AGENT");
  struct stat build, net, folder;
  args = argv;
  sigemptyset(&ours), sigaddset(&ours, SIGINT), sigaddset(&ours, SIGTERM), sigaddset(&ours, SIGHUP);
  sigprocmask(SIG_BLOCK, &ours, &old_mask), signal(SIGPIPE, SIG_IGN);
  syscall(SYS_close_range, 3U, ~0U, 4U); /* CLOSE_RANGE_CLOEXEC: an agent must not keep files of the client open. */
  if (readlink("/proc/self/exe", program, 4096) < 0 || !strcat(program, "-program") || getuid() != geteuid() ||
      (wish && strcmp(wish, "off") == 0) || !token || strcmp(token, "42") != 0 || stat(program, &build) != 0 ||
      stat("/proc/self/ns/net", &net) != 0 || !getcwd(text, sizeof text))
    run_program();
  int is_told = put(&hello, text, strlen(text) + 1);
  is_told &= put(&hello, text, (size_t)snprintf(text, 99, "%lx%c%d%c%d", (long)net.st_ino, 0, getppid(), 0, argc - 1) + 1);
  while (*++argv) is_told = is_told && put(&hello, *argv, strlen(*argv) + 1);
  /* Tells builds apart, by the file of the program as it is now, and the variables that change the runtime itself. */
  unsigned long kind = build.st_ino ^ (unsigned long)build.st_ctim.tv_sec << 32 ^ (unsigned long)build.st_ctim.tv_nsec;
  for (char **one = environ; *one && (is_told = is_told && put(&hello, *one, strlen(*one) + 1)); one++)
    if (strncmp(*one, "NODE_", 5) == 0 || strncmp(*one, "BUN_", 4) == 0 || strncmp(*one, "SSLKEYLOGFILE=", 14) == 0)
      for (char *byte = *one; *byte; byte++) kind = (kind ^ (unsigned char)*byte) * 0x100000001b3;
  const int has_runtime = runtime && strlen(runtime) < 31 && stat(runtime, &folder) == 0 && folder.st_uid == geteuid();
  snprintf(text, sizeof text, has_runtime ? "" : "-%u", geteuid());
  snprintf(place.sun_path, sizeof place.sun_path, "%.30s/nutanix-agent%.20s/%lx", has_runtime ? runtime : "/tmp", text, kind);
  if (!is_told || !is_met()) run_program();
  say_address();
  const int signals = signalfd(-1, &ours, SFD_CLOEXEC);
  if (relay(signals) && is_replayable && has_moved()) relay(signals);
  const int kept = (int)syscall(SYS_memfd_create, "journal", 0U);
  if (!is_replayable || pwrite(kept, journal.bytes, journal.length, 0) != (ssize_t)journal.length) _exit(1);
  snprintf(text, sizeof text, "%d %d %d", listener, client, kept);
  setenv("NUTANIX_LAUNCHER", text, 1);
  run_program();
}
