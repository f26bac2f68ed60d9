// curl_easy_setopt takes a variable number of arguments, which Swift does not call: one function for
// each type of argument. The buffers are ours, so that callbacks need no Swift.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

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

/// The server's last reply, such as 250 or 404; 0 where there was none.
static inline long anteroom_curl_reply(CURL *curl) {
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    return reply;
}

static inline CURLcode anteroom_curl_begin(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
