/* The bare loop in C that both clients are measured beside: it sends, asks the socket until something has
 * come, and looks at no more of an answer than where it ends. What it takes, the system and OpenSSL take.
 *
 * Usage: loop WORK HOST PORT AMOUNT PATH ROOTS READ PAUSE CLIENTS RESUME
 *   WORK, AMOUNT  a work of worker.gd, which tells of them, and how much of it
 *   ROOTS         a file of certificates to trust; empty: no TLS
 *   READ          bytes of one read
 *   PAUSE         microseconds between a request and the first look at its answer
 *   CLIENTS       of the work `traffic`
 *   RESUME        1: TLS sessions go on
 *
 * Prints the microseconds that it took, and those of CPU. */

#include "peer.h"

#include <time.h>

enum { ROOM = 1 << 16 };

static const char *path;
static char *buffer;
static long amount, reads, patience, clients, resume;
static struct timespec begun, begun_cpu;

static void begin(void)
{
    (void)!access("/bench/begin", F_OK); /* strace sees it */
    clock_gettime(CLOCK_MONOTONIC, &begun);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun_cpu);
}

static void print_since(clockid_t clock, struct timespec from)
{
    struct timespec now;
    clock_gettime(clock, &now);
    printf("%.1f ", (double)(now.tv_sec - from.tv_sec) * 1e6 + (double)(now.tv_nsec - from.tv_nsec) / 1e3);
}

static void ask(struct peer *peer, const char *method, size_t length)
{
    char head[512];
    int size = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s:%s\r\nAccept: */*\r\n"
                        "Content-Length: %zu\r\n\r\n", method, path, host, port, length);
    give(peer, head, (size_t)size);
}

/* Reads chunks to their end; returns how many bytes they had. What `at` to `stop` holds has come already. */
static size_t chunks(struct peer *peer, const char *at, const char *stop)
{
    size_t size = 0, chunk = 0, left = 0; /* left: of the chunk and the line break behind it */
    for (int last = 0;;) {
        if (at == stop) {
            at = buffer;
            stop = buffer + take(peer, buffer, (size_t)reads);
        }
        size_t part = (size_t)(stop - at) < left ? (size_t)(stop - at) : left;
        at += part;
        left -= part;
        if (last && !left)
            return size;
        for (; !left && at < stop; at++) {
            if (*at == '\n') {
                size += chunk;
                last = !chunk;
                left = chunk + 2;
                chunk = 0;
            } else if (*at != '\r')
                chunk = chunk * 16 + (size_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
        }
    }
}

/* Reads an answer to its end; returns the bytes of its body. */
static size_t answer(struct peer *peer)
{
    static char head[ROOM + 1];
    size_t have = 0;
    char *end;
    while (head[have] = 0, !(end = strstr(head, "\r\n\r\n")))
        have += take(peer, head + have, ROOM - have);
    const char *body = end + 4, *stop = head + have, *length = strcasestr(head, "\r\nContent-Length:");
    if (strncmp(head + 8, " 200 ", 5))
        fail("the status is not 200");
    if (!length)
        return chunks(peer, body, stop);
    size_t size = strtoul(length + 17, NULL, 10);
    for (size_t left = size - (size_t)(stop - body); left;)
        left -= take(peer, buffer, left < (size_t)reads ? left : (size_t)reads);
    return size;
}

static void get(void)
{
    struct peer peer = connected();
    for (long time = -1; time < amount; time++) {
        if (!time)
            begin();
        ask(&peer, "GET", 0);
        if (patience)
            usleep((useconds_t)patience);
        answer(&peer);
    }
}

static void download(void)
{
    struct peer peer = connected();
    begin();
    ask(&peer, "GET", 0);
    if (answer(&peer) != (size_t)amount << 20)
        fail("the body has another length");
}

static void upload(void)
{
    struct peer peer = connected();
    size_t size = (size_t)amount << 20;
    char *body = calloc(1, size);
    begin();
    ask(&peer, "POST", size);
    give(&peer, body, size);
    answer(&peer);
}

static void connects(void)
{
    for (long time = -1; time < amount; time++) {
        if (!time)
            begin();
        struct peer peer = connected();
        ask(&peer, "GET", 0);
        answer(&peer);
        leave(&peer, (int)resume);
    }
}

static void traffic(void)
{
    struct peer *peers = malloc((size_t)clients * sizeof *peers);
    for (long number = 0; number < clients; number++)
        peers[number] = connected();
    begin();
    for (long done = 0; done < amount; done += clients) {
        for (long number = 0; number < clients; number++)
            ask(&peers[number], "GET", 0);
        for (long number = 0; number < clients; number++)
            answer(&peers[number]);
    }
}

static const struct {
    const char *name;
    void (*work)(void);
} WORKS[] = {
    {"get", get}, {"download", download}, {"upload", upload}, {"connect", connects}, {"traffic", traffic}};

int main(int count, char **words)
{
    long *numbers[] = {&reads, &patience, &clients, &resume};
    if (count != 11)
        return 2;
    host = words[2], port = words[3], amount = atol(words[4]), path = words[5];
    for (int i = 0; i < 4; i++)
        *numbers[i] = atol(words[7 + i]);
    buffer = malloc((size_t)reads);
    if (*words[6]) {
        context = SSL_CTX_new(TLS_client_method());
        if (SSL_CTX_load_verify_locations(context, words[6], NULL) != 1)
            fail("the roots");
        SSL_CTX_set_verify(context, 1, NULL);
    }
    for (size_t i = 0; i < sizeof WORKS / sizeof *WORKS; i++)
        if (!strcmp(words[1], WORKS[i].name))
            WORKS[i].work();
    print_since(CLOCK_MONOTONIC, begun);
    print_since(CLOCK_PROCESS_CPUTIME_ID, begun_cpu);
    (void)!access("/bench/end", F_OK);
    return 0;
}
