#include "edge/web/exchange.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <curl/curl.h>

namespace millpond::web {
namespace {

constexpr std::string_view agent = "millpond";

using Number = long;  // NOLINT(google-runtime-int): libcurl's word for every number
using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Taken {
    std::string body;
    std::size_t bytes_max = 0;
    std::array<char, CURL_ERROR_SIZE> trouble{};
};

/// Taking less than it was given ends the exchange (CURLOPT_WRITEFUNCTION).
std::size_t take(const char* data, std::size_t /*one*/, std::size_t size, void* to)
{
    auto& taken = *static_cast<Taken*>(to);
    if (size > taken.bytes_max - taken.body.size()) return 0;
    taken.body.append(data, size);
    return size;
}

std::string origin(const Place& place)
{
    const bool six = place.host.contains(':');
    return (place.tls ? "https://" : "http://") + (six ? '[' + place.host + ']' : place.host) +
           ':' + std::to_string(place.port);
}

Handle prepare(const Question& question, const Headers& headers, Taken& taken)
{
    Handle handle{curl_easy_init(), &curl_easy_cleanup};
    if (!handle) return handle;
    const auto set = [&](CURLoption option, auto value) {
        curl_easy_setopt(handle.get(), option, value);
    };
    set(CURLOPT_URL, origin(question.place).c_str());
    set(CURLOPT_REQUEST_TARGET, question.place.target.c_str());
    set(CURLOPT_PROTOCOLS_STR, question.place.tls ? "https" : "http");
    set(CURLOPT_HTTP_VERSION, static_cast<Number>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<Number>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, Number{1});
    set(CURLOPT_USERAGENT, agent.data());
    set(CURLOPT_HTTPHEADER, headers.get());
    if (!question.certificates_file.empty())
        set(CURLOPT_CAINFO, question.certificates_file.c_str());
    if (question.post) {
        set(CURLOPT_POST, Number{1});
        set(CURLOPT_POSTFIELDS, question.body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(question.body.size()));
    }
    using std::chrono::milliseconds;
    // nought would mean without end
    const auto patience =
        std::max(std::chrono::ceil<milliseconds>(question.patience), milliseconds{1});
    set(CURLOPT_TIMEOUT_MS, static_cast<Number>(patience.count()));
    set(CURLOPT_ERRORBUFFER, taken.trouble.data());
    set(CURLOPT_WRITEFUNCTION, &take);
    set(CURLOPT_WRITEDATA, &taken);
    return handle;
}

Headers headers_of(const Question& question)
{
    Headers headers{curl_slist_append(nullptr, "Connection: close"), &curl_slist_free_all};
    if (!question.post) return headers;
    curl_slist_append(headers.get(), ("Content-Type: " + question.content_type).c_str());
    curl_slist_append(headers.get(), "Expect:");  // a body is sent without asking first
    return headers;
}

std::string why(CURLcode code, const Taken& taken)
{
    if (code == CURLE_OPERATION_TIMEDOUT) return "no answer in time";
    if (code == CURLE_WRITE_ERROR)
        return "an answer of more than " + std::to_string(taken.bytes_max) + " bytes";
    const std::string told{taken.trouble.data()};
    return told.empty() ? curl_easy_strerror(code) : told;
}

}  // namespace

Result<Answer, Fault> exchange(const Question& question)
{
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    Taken taken{.bytes_max = question.answer_bytes_max};
    const Headers headers = headers_of(question);
    const Handle handle = prepare(question, headers, taken);
    const CURLcode code = ready != CURLE_OK ? ready
                          : handle          ? curl_easy_perform(handle.get())
                                            : CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK) return because(Fault{.what = why(code, taken), .retryable = true});
    Number status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    return Answer{.status = static_cast<int>(status), .body = std::move(taken.body)};
}

}  // namespace millpond::web
