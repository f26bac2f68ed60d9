// curl_easy_setopt takes a variable number of arguments, which Swift does not call: one function for
// each type of argument. The buffers are ours, so that callbacks need no Swift.
#define CURL_DISABLE_TYPECHECK
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Bytes that a transfer sends. They stay whose they are.
struct anteroom_source {
    const char *bytes;
    size_t count;
    size_t given;
};

/// Bytes that a transfer received, `max` at most: more end it. Free `bytes` afterwards.
struct anteroom_sink {
    char *bytes;
    size_t count;
    size_t max;
};

static inline CURLcode anteroom_curl_text(CURL *curl, CURLoption option, const char *text) {
    return curl_easy_setopt(curl, option, text);
}

static inline CURLcode anteroom_curl_number(CURL *curl, CURLoption option, long number) {
    return curl_easy_setopt(curl, option, number);
}

static inline CURLcode anteroom_curl_list(
    CURL *curl, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(curl, option, list);
}

static size_t anteroom_curl_give(char *into, size_t size, size_t count, void *from) {
    struct anteroom_source *source = (struct anteroom_source *)from;
    size_t left = source->count - source->given;
    size_t room = size * count;
    size_t taken = left < room ? left : room;
    memcpy(into, source->bytes + source->given, taken);
    source->given += taken;
    return taken;
}

static size_t anteroom_curl_take(char *bytes, size_t size, size_t count, void *into) {
    struct anteroom_sink *sink = (struct anteroom_sink *)into;
    size_t length = size * count;
    if (length > sink->max - sink->count) return 0;
    char *grown = (char *)realloc(sink->bytes, sink->count + length + 1);
    if (grown == NULL) return 0;
    memcpy(grown + sink->count, bytes, length);
    sink->bytes = grown;
    sink->count += length;
    return length;
}

static inline CURLcode anteroom_curl_source(CURL *curl, struct anteroom_source *source) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_READFUNCTION, anteroom_curl_give);
    return code ? code : curl_easy_setopt(curl, CURLOPT_READDATA, source);
}

static inline CURLcode anteroom_curl_sink(CURL *curl, struct anteroom_sink *sink) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, anteroom_curl_take);
    return code ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, sink);
}

/// Whether an IPv4 address is one of the whole internet's: not a private network's, this machine's
/// or of any other special use (IANA's registry of special-purpose addresses, RFC 6890).
static inline int anteroom_is_public4(uint32_t address) {
    static const struct { uint32_t of, mask; } special[] = {
        {0x00000000, 0xff000000}, {0x0a000000, 0xff000000}, {0x64400000, 0xffc00000},
        {0x7f000000, 0xff000000}, {0xa9fe0000, 0xffff0000}, {0xac100000, 0xfff00000},
        {0xc0000000, 0xffffff00}, {0xc0000200, 0xffffff00}, {0xc0586300, 0xffffff00},
        {0xc0a80000, 0xffff0000}, {0xc6120000, 0xfffe0000}, {0xc6336400, 0xffffff00},
        {0xcb007100, 0xffffff00}, {0xe0000000, 0xe0000000},
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if ((address & special[i].mask) == special[i].of) return 0;
    return 1;
}

static inline uint32_t anteroom_tail4(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/// The same of any address. Of IPv6 global unicast (2000::/3) alone is public, without the blocks
/// that hold an IPv4 address (6to4, Teredo) or are for documents.
static inline int anteroom_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return anteroom_is_public4(
            ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
    if (address->sa_family != AF_INET6) return 0;
    const uint8_t *bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(bytes, mapped, 12) == 0) return anteroom_is_public4(anteroom_tail4(bytes + 12));
    uint32_t head = anteroom_tail4(bytes);
    return (bytes[0] & 0xe0) == 0x20 && (head >> 16) != 0x2002 && (head & 0xfffffe00) != 0x20010000
        && head != 0x20010db8;
}

static curl_socket_t anteroom_curl_open_public(
    void *unused, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)unused;
    (void)purpose;
    if (!anteroom_is_public(&address->addr)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

/// Connects to public addresses alone, whatever a name leads to, and through no proxy.
static inline CURLcode anteroom_curl_public_only(CURL *curl) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
    return code ? code
                : curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, anteroom_curl_open_public);
}

/// Whether ``anteroom_curl_public_only`` would connect to an address written in numbers.
static inline int anteroom_is_public_text(const char *text) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return anteroom_is_public((const struct sockaddr *)&v4);
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        return anteroom_is_public((const struct sockaddr *)&v6);
    return 0;
}

/// The server's last reply, such as 250 or 404; 0 where there was none.
static inline long anteroom_curl_reply(CURL *curl) {
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    return reply;
}

static inline CURLcode anteroom_curl_begin(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
