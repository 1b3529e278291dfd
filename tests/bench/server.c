/* The fast server of the benchmark: a thread for each connection, and answers that are made before they are
 * asked for. It is no web server: it believes all that it is told.
 *
 *     GET /lines/COUNT/WIDTH    5 bytes behind so many header lines, each so many bytes long
 *     GET /chunks/SIZE/BYTES    so many bytes in all, in chunks of that size
 *     GET /interim/COUNT        5 bytes behind so many responses `100 Continue`
 *     POST                      reads the body, of the length told, and answers as /lines/5/40
 *
 * Usage: server PORT, on 127.0.0.1. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 1 << 18, STACK = 1 << 16 }; /* bytes: of a head, and of the chunks of one send(); of a thread */

/* What a connection answers, for as long as the same is asked for. */
struct answer {
    char kind[16];
    long first, second;
    char *head, *block;      /* what is sent once; what is sent `times` times behind it, and then `end` */
    size_t head_size, block_size;
    long times;
    const char *end;
};

static const char BODY[] = "hello";

static int send_all(int connection, const char *data, size_t size)
{
    while (size) {
        ssize_t sent = send(connection, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        data += sent;
        size -= (size_t)sent;
    }
    return 1;
}

/* A header block of `count` lines, of which all but those that a client needs are `width` bytes long. */
static char *lines(char *at, long count, long width, const char *length)
{
    at += sprintf(at, "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\n%s\r\n", length);
    for (long line = 3; line < count; line++) {
        int begun = sprintf(at, "X-Line-%03ld: ", line);
        memset(at + begun, 'v', (size_t)(width - begun));
        at += width;
        at += sprintf(at, "\r\n");
    }
    return at + sprintf(at, "\r\n");
}

static void lines_of(struct answer *answer)
{
    char *end = lines(answer->head, answer->first, answer->second, "Content-Length: 5");
    answer->head_size = (size_t)(end - answer->head) + (size_t)sprintf(end, BODY);
}

static void chunks_of(struct answer *answer)
{
    char *end = lines(answer->head, 5, 40, "Transfer-Encoding: chunked"), *at = answer->block;
    answer->head_size = (size_t)(end - answer->head);
    long wanted = answer->second / answer->first, fit = ROOM / (answer->first + 16);
    long chunks = fit < wanted ? fit : wanted;
    while (wanted % chunks)
        chunks--;
    for (long chunk = 0; chunk < chunks; chunk++) {
        at += sprintf(at, "%lx\r\n", answer->first);
        memset(at, 'b', (size_t)answer->first);
        at += answer->first;
        at += sprintf(at, "\r\n");
    }
    answer->block_size = (size_t)(at - answer->block);
    answer->times = wanted / chunks;
    answer->end = "0\r\n\r\n";
}

static void interim_of(struct answer *answer)
{
    char *at = answer->head;
    for (long count = 0; count < answer->first; count++)
        at += sprintf(at, "HTTP/1.1 100 Continue\r\n\r\n");
    at = lines(at, 5, 40, "Content-Length: 5");
    answer->head_size = (size_t)(at - answer->head) + (size_t)sprintf(at, BODY);
}

static const struct {
    const char *kind;
    void (*make)(struct answer *);
} KINDS[] = {{"lines", lines_of}, {"chunks", chunks_of}, {"interim", interim_of}};

/* Makes the answer that is wanted, unless it is the one that is there. */
static void prepare(struct answer *answer, const char *kind, long first, long second)
{
    if (!strcmp(answer->kind, kind) && answer->first == first && answer->second == second)
        return;
    snprintf(answer->kind, sizeof answer->kind, "%s", kind);
    answer->first = first;
    answer->second = second;
    answer->times = 0;
    answer->end = "";
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (!strcmp(kind, KINDS[i].kind))
            KINDS[i].make(answer);
}

/* Answers what is asked for until the client leaves. */
static void serve(int connection, char *room, struct answer *answer)
{
    size_t have = 0;
    for (;;) {
        char *end, kind[16] = "lines";
        long first = 5, second = 40, left = 0;
        while (room[have] = 0, !(end = strstr(room, "\r\n\r\n"))) {
            ssize_t size = recv(connection, room + have, ROOM - have, 0);
            if (size <= 0)
                return;
            have += (size_t)size;
        }
        end += 4;
        char *length = strcasestr(room, "\r\nContent-Length:");
        if (length && length < end)
            left = atol(length + 17);
        sscanf(room, "GET /%15[a-z]/%ld/%ld", kind, &first, &second);
        have -= (size_t)(end - room);
        if (left) {
            for (left -= (long)have, have = 0; left > 0;) {
                ssize_t size = recv(connection, room, ROOM, 0);
                if (size <= 0)
                    return;
                left -= size;
            }
        }
        memmove(room, end, have);
        prepare(answer, kind, first, second);
        if (!send_all(connection, answer->head, answer->head_size))
            return;
        for (long time = 0; time < answer->times; time++)
            if (!send_all(connection, answer->block, answer->block_size))
                return;
        if (*answer->end && !send_all(connection, answer->end, strlen(answer->end)))
            return;
    }
}

static void *begin(void *argument)
{
    int connection = (int)(long)argument, one = 1;
    struct answer answer = {.head = malloc(ROOM), .block = malloc(ROOM)};
    char *room = malloc(ROOM + 1);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (answer.head && answer.block && room)
        serve(connection, room, &answer);
    free(room);
    free(answer.head);
    free(answer.block);
    close(connection);
    return NULL;
}

int main(int count, char **arguments)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    here.sin_port = htons((uint16_t)atoi(count > 1 ? arguments[1] : "0"));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
        perror("server");
        return 1;
    }
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    for (;;) {
        pthread_t thread;
        int connection = accept(listener, NULL, NULL);
        if (connection >= 0 && pthread_create(&thread, &small, begin, (void *)(long)connection))
            close(connection);
    }
}
