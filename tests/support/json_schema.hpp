#pragma once

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace millpond {

/// What of a value is not as the schema says; empty where all is. The part of JSON Schema that our
/// OpenAPI documents use.
inline std::string mismatch(
    const nlohmann::json& schema, const nlohmann::json& value, const std::string& where
)
{
    using Json = nlohmann::json;
    const auto is = [&](const std::string& type) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "integer") return value.is_number_integer();
        if (type == "number") return value.is_number();
        if (type == "boolean") return value.is_boolean();
        return type == "null" && value.is_null();
    };
    const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
    bool fits = false;
    for (const auto& type : types)
        fits = fits || is(type);
    if (!fits) return where + " is not " + types.dump();
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
        return where + " is " + value.dump();
    if (value.is_array()) {
        for (const auto& each : value) {
            if (auto found = mismatch(schema["items"], each, where + "[]"); !found.empty())
                return found;
        }
    }
    if (!value.is_object()) return {};
    for (const auto& name : schema.value("required", Json::array())) {
        if (!value.contains(name.get<std::string>()))
            return where + " lacks " + name.get<std::string>();
    }
    for (const auto& [name, each] : value.items()) {
        const Json& inner = schema.contains("properties") && schema["properties"].contains(name)
                                ? schema["properties"][name]
                                : schema["additionalProperties"];
        if (!inner.is_object()) return where + " has an undescribed " + name;
        if (auto found = mismatch(inner, each, where + "." + name); !found.empty()) return found;
    }
    return {};
}

}  // namespace millpond
