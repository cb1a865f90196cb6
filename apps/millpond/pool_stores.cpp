#include "apps/millpond/pool_stores.hpp"

#include <fstream>
#include <string>

namespace millpond {

Result<std::unique_ptr<ObjectStores>, Fault> open_stores(net::Loop& loop, const StoreConfig& config)
{
    if (!config.used()) return nullptr;
    ObjectStores::Settings settings = config.stores;
    if (!settings.own.url.empty()) {
        if (settings.own.url.ends_with('/'))
            return because(Fault{.what = "store.url: without a slash at its end"});
        if (settings.own.bucket.empty() || settings.own.access_key.empty())
            return because(Fault{.what = "store.url needs store.bucket and store.access_key"});
        std::ifstream in{config.secret_key_file};
        if (!std::getline(in, settings.own.secret_key) || settings.own.secret_key.empty())
            return because(Fault{.what = "store.secret_key_file: no key can be read"});
    }
    auto stores = std::make_unique<ObjectStores>(loop, std::move(settings));
    if (!config.stores.own.url.empty() && !stores->allows(config.stores.own.url))
        return because(Fault{.what = "store.url: not a URL of http or https"});
    return stores;
}

}  // namespace millpond
