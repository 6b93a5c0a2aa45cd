/* The launcher: what a client starts as docker-machine-driver-nutanix. It hands its environment, folder and arguments to
 * the agent of this user and this build, listens for the client, and relays its calls, output, signals and the exit code.
 * Where there is no agent, it becomes the program itself, which stands beside it as NAME-program. The same where the agent
 * ends or hangs later: then the program is given the client's calls once more, unless one of them changes something.
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
/* What client ('D') and agent ('A') have sent one another, as frames in the order in which it was passed on. */
static unsigned char journal[MOST];
static size_t journal_length = 0;
static int is_replayable = 1, is_admitted = 0, agent = -1, listener = -1, client = -1;
static char **args;
static sigset_t old_mask;
static size_t used = 5;

static void run_program(void) {
  sigprocmask(SIG_SETMASK, &old_mask, NULL);
  signal(SIGPIPE, SIG_DFL);
  syscall(SYS_close_range, 3U, ~0U, 4U); /* CLOSE_RANGE_CLOEXEC: an agent must not keep files of the client open. */
  execv(program, args);
  fprintf(stderr, "cannot start %s: %s\n", program, strerror(errno));
  _exit(127);
}

static void put_head(unsigned char *frame, char type, size_t length) {
  frame[0] = (unsigned char)type;
  for (int byte = 0; byte < 4; byte++) frame[1 + byte] = (unsigned char)(length >> (24 - 8 * byte));
}

static size_t length_in(const unsigned char *head) {
  return (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
}

static void note(char type, const unsigned char *bytes, size_t length) {
  if (journal_length + 5 + length > sizeof journal) is_replayable = 0;
  if (!is_replayable) return;
  put_head(journal + journal_length, type, length);
  memcpy(journal + journal_length + 5, bytes, length);
  journal_length += 5 + length;
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

/* A port that only this process has, for the one client; its address is what a client waits for. */
static int listening(char *line, size_t room) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof own;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) != 0 || listen(fd, 32) != 0 ||
      getsockname(fd, (struct sockaddr *)&own, &length) != 0)
    run_program();
  snprintf(line, room, "127.0.0.1:%d\n", ntohs(own.sin_port));
  return fd;
}

/* Reads the kernel's table, as the program does: the client must be of this user or root. The agent does it for its own clients. */
static int is_own_client(void) {
  struct sockaddr_in own, peer;
  socklen_t length = sizeof own, also = sizeof peer;
  char row[512];
  unsigned from[2], to[2], uid;
  unsigned long inode;
  FILE *table = fopen("/proc/net/tcp", "re");
  if (!table || getsockname(client, (struct sockaddr *)&own, &length) || getpeername(client, (struct sockaddr *)&peer, &also))
    return 0;
  while (fgets(row, sizeof row, table))
    if (sscanf(row, " %*d: %8X:%4X %8X:%4X %*X %*s %*s %*s %u %*d %lu", from, from + 1, to, to + 1, &uid, &inode) == 6 &&
        from[0] == peer.sin_addr.s_addr && from[1] == ntohs(peer.sin_port) && to[0] == own.sin_addr.s_addr &&
        to[1] == ntohs(own.sin_port) && inode != 0)
      return uid == geteuid() || uid == 0;
  return 0;
}

static void send_all(int to, const unsigned char *bytes, size_t length) {
  struct pollfd room = {to, POLLOUT, 0};
  while (length > 0) {
    ssize_t n = write(to, bytes, length);
    if (n < 0 && to == 1) return;
    if (n < 0 && (errno != EAGAIN || poll(&room, 1, -1) < 0)) _exit(1);
    if (n > 0) bytes += n, length -= (size_t)n;
  }
}

/* Brings the program the client that was the agent's: it has to answer what was answered with the same bytes. */
static void bring_client(int output) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  unsigned char piece[PIECE];
  char line[64] = "";
  for (size_t at = 0; at < sizeof line - 1 && !strchr(line, '\n'); at++)
    if (read(output, line + at, 1) != 1) _exit(1);
  char *port = strrchr(line, ':');
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  to.sin_port = htons((unsigned short)atoi(port ? port + 1 : "0"));
  signal(SIGPIPE, SIG_IGN);
  if (client < 0) client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if ((!is_admitted && !is_own_client()) || connect(server, (struct sockaddr *)&to, sizeof to) != 0) _exit(1);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  for (size_t at = 0; at < journal_length; at += 5 + length_in(journal + at)) {
    size_t length = length_in(journal + at);
    if (journal[at] == 'D')
      send_all(server, journal + at + 5, length);
    else if (recv(server, piece, length, MSG_WAITALL) != (ssize_t)length || memcmp(piece, journal + at + 5, length) != 0)
      _exit(1);
  }
  struct pollfd from[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {output, POLLIN, 0}};
  const int target[] = {server, client, 1};
  while (from[1].fd >= 0 || from[2].fd >= 0) {
    if (poll(from, 3, -1) < 0) _exit(1);
    for (int one = 0; one < 3; one++) {
      if (from[one].fd < 0 || !from[one].revents) continue;
      ssize_t n = read(from[one].fd, piece, sizeof piece);
      if (n > 0) send_all(target[one], piece, (size_t)n);
      else if (errno != EAGAIN || n == 0) from[one].fd = -1, shutdown(target[one], SHUT_WR);
    }
  }
}

/* The agent is no more. This process becomes the program, as if the client had started it; a child brings it the client. */
static void fall_back(void) {
  int output[2];
  pid_t child = is_replayable && pipe2(output, O_CLOEXEC) == 0 ? fork() : -1;
  if (child < 0) _exit(1);
  if (child > 0) dup2(output[1], 1), run_program();
  close(output[1]), close(agent);
  bring_client(output[0]);
  _exit(0);
}

static void tell(char type, unsigned char *frame, size_t length) {
  put_head(frame, type, length);
  if (send(agent, frame, 5 + length, MSG_NOSIGNAL) != (ssize_t)(5 + length)) fall_back();
}

static void welcome(unsigned char *frame) {
  struct sockaddr_in own, peer;
  socklen_t length = sizeof own, also = sizeof peer;
  if (client >= 0 || journal_length > 0) is_replayable = 0; /* What another client has set is not known to this one. */
  is_admitted = 0;
  client = accept4(listener, (struct sockaddr *)&peer, &also, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0 || getsockname(client, (struct sockaddr *)&own, &length) != 0) return;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  char *text = (char *)frame + 5;
  inet_ntop(AF_INET, &peer.sin_addr, text, INET_ADDRSTRLEN);
  int used_up = (int)strlen(text);
  used_up += snprintf(text + used_up, 16, " %d %d", ntohs(peer.sin_port), ntohs(own.sin_port));
  tell('O', frame, (size_t)used_up);
}

/* What the client sends: no more at a time than a frame holds. False = nothing more comes from it. */
static int pass_on(unsigned char *frame) {
  ssize_t n = recv(client, frame + 5, PIECE, 0);
  if (n < 0 && errno == EAGAIN) return 1;
  if (n > 0) note('D', frame + 5, (size_t)n);
  tell(n > 0 ? 'D' : n == 0 ? 'E' : 'C', frame, n > 0 ? (size_t)n : 0);
  if (n < 0) close(client), client = -1;
  return n > 0;
}

/* No more is written than a pipe takes at once, so that a slow reader holds up no signal. True = the agent hangs. */
static int relay(int signals, int parent) {
  unsigned char head[5], piece[PIECE], frame[5 + PIECE];
  size_t left = 0, held = 0;
  signal(SIGPIPE, SIG_IGN);
  for (int out = 1, is_asked = 0, is_answered = 0, has_ended = 0;;) {
    struct pollfd all[] = {{held ? -1 : agent, POLLIN, 0}, {held ? out : -1, POLLOUT, 0}, {signals, POLLIN, 0},
      {parent, POLLIN, 0}, {client < 0 ? listener : has_ended ? -1 : client, POLLIN, 0}};
    struct signalfd_siginfo info;
    int count = poll(all, 5, is_asked && !is_answered ? FIRST_BYTE_MS : -1);
    if (count == 0) return 1;
    if (count < 0) continue;
    if (all[2].revents && read(signals, &info, sizeof info) == sizeof info)
      frame[5] = (unsigned char)info.ssi_signo, tell('S', frame, 1);
    if (all[3].revents) tell('P', frame, 0), parent = -1;
    if (all[4].revents && client < 0) welcome(frame), is_asked = 1, has_ended = 0;
    else if (all[4].revents) has_ended = !pass_on(frame);
    if (client < 0 && out > 2) out = -1, held = 0;
    if (all[1].revents && held) {
      ssize_t n = write(out, piece, held);
      if (n < 0 && errno != EAGAIN) n = (ssize_t)held;
      if (n > 0 && out == client) note('A', piece, (size_t)n);
      if (n > 0) memmove(piece, piece + n, held -= (size_t)n);
    }
    if (!all[0].revents) continue;
    if (left == 0) {
      if (recv(agent, head, 5, MSG_WAITALL) != 5) return 0;
      left = length_in(head), is_answered = 1;
      out = head[0] == '1' ? 1 : head[0] == '2' ? 2 : client;
    }
    held = left < PIECE ? left : PIECE;
    if (held > 0 && recv(agent, piece, held, MSG_WAITALL) != (ssize_t)held) return 0;
    left -= held;
    if (head[0] == 'X') _exit(piece[0]);
    if (head[0] == 'D') is_admitted = 1;
    if (head[0] == 'N') is_replayable = 0;
    if (head[0] == 'E') shutdown(client, SHUT_WR);
    if (head[0] == 'C' && client >= 0) {
      close(client), client = -1;
      if (!is_admitted) journal_length = 0;
    }
    if (out < 0) held = 0;
  }
}

int main(int argc, char **argv) {
  char folder[80], address[32], *runtime = getenv("XDG_RUNTIME_DIR"), *token = getenv("MACHINE_PLUGIN_TOKEN");
  char text[4096], *wish = getenv("NUTANIX_AGENT");
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  struct stat build, net, before = {0}, now;
  sigset_t ours;
  args = argv;
  sigprocmask(SIG_SETMASK, NULL, &old_mask);
  ssize_t length = readlink("/proc/self/exe", program, 4096);
  memcpy(program + (length < 0 ? 0 : length), "-program", 9);
  pid_t parent = getppid();
  int parent_end = (int)syscall(SYS_pidfd_open, parent, 0), is_off = wish && strcmp(wish, "off") == 0;
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
  agent = connected(&to);
  int signals = signalfd(-1, &ours, SFD_CLOEXEC);
  /* The program starts an agent there once it has said its address. */
  if (agent < 0) setenv("NUTANIX_AGENT_SOCKET", to.sun_path, 1), run_program();
  stat(to.sun_path, &before);
  listener = listening(address, sizeof address);
  snprintf(text, sizeof text, "%lx", (long)net.st_ino), add(text);
  snprintf(text, sizeof text, "%d", parent), add(text);
  add(getcwd(text, sizeof text) ? text : "/");
  for (snprintf(text, sizeof text, "%d", argc - 1), add(text), argv++; *argv; argv++) add(*argv);
  for (char **one = environ; *one; one++)
    if (begins(*one, HANDED)) add(*one);
  put_head((unsigned char *)hello, 'H', used - 5);
  if (send(agent, hello, used, MSG_NOSIGNAL) != (ssize_t)used) run_program();
  if (write(1, address, strlen(address)) < 0) _exit(1);
  setenv("NUTANIX_AGENT_SOCKET", to.sun_path, 1);
  /* A hung agent is left alone from now on; another one is started in its place. */
  if (relay(signals, getppid() == parent ? parent_end : -1) && stat(to.sun_path, &now) == 0 && now.st_ino == before.st_ino)
    unlink(to.sun_path);
  fall_back();
}
