#include "apps/millpond/pool_book.hpp"

#include "apps/millpond/book_settings.hpp"
#include "core/policy/validate.hpp"

namespace millpond {

Result<BookSettings, Fault> make_book_settings(const PoolConfig& config, PoolId pool)
{
    MILLPOND_TRY(auto book, book_settings(config, pool));
    std::string violated;
    for (const auto& each : policy::validate(book.rules.parameters, book.rules.table))
        violated += (violated.empty() ? "" : "; ") + policy::to_text(each);
    if (!violated.empty()) return because(Fault{.what = "the policy cannot hold: " + violated});
    return BookSettings{
        .book = std::move(book),
        .price = config.book.price,
        .stream_class = config.book.stream_class,
        .tick = config.book.tick,
        .ticks = config.book.ticks,
    };
}

}  // namespace millpond
