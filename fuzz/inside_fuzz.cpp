// deps: millpond::edge::meter
// The whole entry of a sandbox worker, under the limits that the fuzzer sets (-rss_limit_mb,
// -timeout). What it answers must be what the pool accepts.
#include "edge/meter/facts_codec.hpp"
#include "edge/meter/inside.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace millpond;

namespace {

void ask(ByteView file, const Bytes& question)
{
    const std::array inputs{file};
    const Bytes answer = answer_inside(inputs, question);
    const auto facts = parse_facts(answer, static_cast<std::int64_t>(file.size()));
    if (!facts || facts->bytes != static_cast<std::int64_t>(file.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    ask({data, size}, ask_source_facts());
    ask({data, size}, ask_rendition_facts(32));
    // And a question that makes no sense.
    const std::array inputs{ByteView{data, size}};
    std::ignore = answer_inside(inputs, ByteView{data, std::min<std::size_t>(size, 16)});
    return 0;
}
