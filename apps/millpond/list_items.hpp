#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace millpond {

/// What stands between the commas of a list, without the spaces around it.
inline std::vector<std::string> items_of(std::string_view list)
{
    std::vector<std::string> items;
    for (const auto each : std::views::split(list, ',')) {
        std::string_view item{each.begin(), each.end()};
        while (item.starts_with(' '))
            item.remove_prefix(1);
        while (item.ends_with(' '))
            item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
    }
    return items;
}

}  // namespace millpond
