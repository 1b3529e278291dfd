/* A connection of the bare loop, with TLS or without. Its socket does not block, and is asked again and again. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* OpenSSL's, of the library that Python's ssl module has, for which there may be no headers; or none. */
#define OPENSSL(type, name, ...) __attribute__((weak)) type name(__VA_ARGS__);
OPENSSL(const void *, TLS_client_method, void)
OPENSSL(void *, SSL_CTX_new, const void *)
OPENSSL(int, SSL_CTX_load_verify_locations, void *, const char *, const char *)
OPENSSL(void, SSL_CTX_set_verify, void *, int, void *)
OPENSSL(void *, SSL_new, void *)
OPENSSL(int, SSL_set_fd, void *, int)
OPENSSL(int, SSL_set_session, void *, void *)
OPENSSL(int, SSL_connect, void *)
OPENSSL(int, SSL_read, void *, void *, int)
OPENSSL(int, SSL_write, void *, const void *, int)
OPENSSL(void *, SSL_get1_session, void *)
OPENSSL(void, SSL_free, void *)

struct peer {
    int socket;
    void *tls;
};

static const char *host, *port;
static void *context, *session; /* of TLS; NULL: none */

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Whether to try again, for the socket has nothing yet, or takes nothing. */
static int again(ssize_t result, const char *what)
{
    if (result <= 0 && errno != EAGAIN)
        fail(what);
    return result <= 0;
}

static size_t take(struct peer *peer, char *into, size_t size)
{
    ssize_t taken;
    do
        errno = 0,
        taken = peer->tls ? SSL_read(peer->tls, into, (int)size) : read(peer->socket, into, size);
    while (again(taken, "read"));
    return (size_t)taken;
}

static void give(struct peer *peer, const char *data, size_t size)
{
    for (ssize_t given; size; data += given, size -= (size_t)given) {
        do
            errno = 0,
            given = peer->tls ? SSL_write(peer->tls, data, (int)size) : write(peer->socket, data, size);
        while (again(given, "write"));
    }
}

static struct peer connected(void)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    struct peer peer = {-1, NULL};
    int one = 1, done = getaddrinfo(host, port, &wanted, &found);
    for (struct addrinfo *each = found; each && peer.socket < 0; each = each->ai_next) {
        peer.socket = socket(each->ai_family, SOCK_STREAM, 0);
        if (connect(peer.socket, each->ai_addr, each->ai_addrlen)) {
            close(peer.socket);
            peer.socket = -1;
        }
    }
    if (done || peer.socket < 0)
        fail("connect");
    freeaddrinfo(found);
    setsockopt(peer.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(peer.socket, F_SETFL, O_NONBLOCK);
    if (context) {
        peer.tls = SSL_new(context);
        SSL_set_fd(peer.tls, peer.socket);
        if (session)
            SSL_set_session(peer.tls, session);
        do
            errno = 0, done = SSL_connect(peer.tls);
        while (again(done, "SSL_connect"));
    }
    return peer;
}

static void leave(struct peer *peer, int resume)
{
    if (resume)
        session = SSL_get1_session(peer->tls);
    if (peer->tls)
        SSL_free(peer->tls);
    close(peer->socket);
}
