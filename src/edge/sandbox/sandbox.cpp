#include "edge/sandbox/sandbox.hpp"

#include "base/assert.hpp"
#include "edge/sandbox/internal/keeper.hpp"

namespace millpond::sandbox {

struct Sandbox::Inside {
    Inside(net::Loop& loop, Settings settings) : keeper(loop, std::move(settings)) {}

    Keeper keeper;
};

std::string_view name_of(Failure::Kind kind)
{
    switch (kind) {
        case Failure::Kind::crashed: return "crashed";
        case Failure::Kind::killed_by_filter: return "killed_by_filter";
        case Failure::Kind::out_of_time: return "out_of_time";
        case Failure::Kind::out_of_memory: return "out_of_memory";
        case Failure::Kind::too_much_output: return "too_much_output";
        case Failure::Kind::unavailable: return "unavailable";
    }
    MILLPOND_ASSERT(false);
}

Sandbox::Sandbox(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>, Fault> Sandbox::open(net::Loop& loop, Settings settings)
{
    auto inside = std::make_unique<Inside>(loop, std::move(settings));
    if (auto started = inside->keeper.start(); !started) return because(started.error());
    return std::unique_ptr<Sandbox>{new Sandbox{std::move(inside)}};
}

Task<Result<Bytes, Failure>> Sandbox::run(
    std::string owner, std::vector<Blob> inputs, Bytes request
)
{
    MILLPOND_ASSERT(inputs.size() <= inputs_max);
    MILLPOND_ASSERT(request.size() <= request_bytes_max);
    const auto job = std::make_shared<Job>();
    job->owner = std::move(owner);
    job->request = std::move(request);
    job->head.request_bytes = static_cast<std::uint32_t>(job->request.size());
    job->head.inputs = static_cast<std::uint32_t>(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
        job->head.sizes[i] = inputs[i]->size();
    job->inputs = std::move(inputs);
    inside_->keeper.enqueue(job);
    auto answer = co_await job->answer.next();
    co_return answer;
}

Layers Sandbox::layers() const
{
    return inside_->keeper.layers();
}

Counts Sandbox::counts() const
{
    return inside_->keeper.counts();
}

}  // namespace millpond::sandbox
