// deps: millpond::edge::api
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "edge/api/evidence_shelf.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto question = parse_evidence_path(as_text({data, size}));
    if (!question) return 0;
    // Whatever is asked for, no file outside its task's folder is named.
    MILLPOND_ASSERT(question->task.value() >= 0);
    MILLPOND_ASSERT(question->file.find('/') == std::string::npos);
    MILLPOND_ASSERT(!question->file.starts_with('.'));
    return 0;
}
